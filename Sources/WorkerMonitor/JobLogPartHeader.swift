// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The line at the start of each part of a log, from which the log can be put together again.
struct JobLogPartHeader: Equatable {
    /// How long a header is, in bytes.
    static let length = 81

    private static let start = "job-log-part 1 "

    /// How long the log's own file was when the parts began; what is longer is a failed assembly.
    let fileLength: Int64

    /// How much output the log's own file holds, and how much of the newest is to be kept.
    let half: Int64

    /// How much output came before this part.
    let offset: Int64

    /// The header as it is written.
    var encoded: [UInt8] {
        let fileLength = JobLogDigits.padded(self.fileLength)
        let half = JobLogDigits.padded(self.half)
        let offset = JobLogDigits.padded(self.offset)
        return [UInt8]("\(Self.start)file=\(fileLength) half=\(half) from=\(offset)\n".utf8)
    }

    /// Makes a header.
    init(fileLength: Int64, half: Int64, offset: Int64) {
        self.fileLength = fileLength
        self.half = half
        self.offset = offset
    }

    /// Reads a header; `nil` if that is none, or only the beginning of one.
    init?(decoding bytes: [UInt8]) {
        let numbers = JobLogDigits.numbers(in: bytes)
        guard bytes.count == Self.length, bytes.starts(with: Self.start.utf8), numbers.count == 3
        else { return nil }
        self.init(fileLength: numbers[0], half: numbers[1], offset: numbers[2])
    }
}
