// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The parts that a log's writer left, in the order of the output.
struct JobLogPartReader {
    private struct Part {
        let file: JobLogFile
        let header: JobLogPartHeader
        let output: Range<Int64>
    }

    /// What the headers agree on.
    let header: JobLogPartHeader

    /// The output that the parts hold.
    let available: Range<Int64>

    private let parts: [Part]

    /// Reads which parts there are; `nil` if there is none.
    ///
    /// A part without a whole header, whose writer was killed at that moment, has no output yet.
    init?(_ layout: JobLogLayout) throws(JobLogError) {
        var parts: [Part] = []
        for number in 0..<JobLogLayout.partCount {
            if let part = try Self.part(layout.part(number)) { parts.append(part) }
        }
        parts.sort { $0.output.lowerBound < $1.output.lowerBound }
        // Only what is joined to the newest output counts; the rest would be in the wrong place.
        let gap = parts.indices.dropFirst().last {
            parts[$0 - 1].output.upperBound != parts[$0].output.lowerBound
        }
        parts.removeFirst(gap ?? 0)
        guard let first = parts.first, let last = parts.last else { return nil }
        self.header = last.header
        self.available = first.output.lowerBound..<last.output.upperBound
        self.parts = parts
    }

    /// Reads output from an offset on, as much as the buffer takes or a part has, and gives the
    /// number of bytes; 0 where there is none.
    func read(into buffer: inout [UInt8], at offset: Int64) throws(JobLogError) -> Int {
        guard let part = self.parts.first(where: { $0.output.contains(offset) }) else { return 0 }
        let position = offset - part.output.lowerBound + Int64(JobLogPartHeader.length)
        return try part.file.read(into: &buffer, at: position, failing: .assemble)
    }

    private static func part(_ path: String) throws(JobLogError) -> Part? {
        guard let file = try JobLogFile.ifPresent(path, .read, failing: .assemble) else {
            return nil
        }
        var head = [UInt8](repeating: 0, count: JobLogPartHeader.length)
        let count = try file.read(into: &head, at: 0, failing: .assemble)
        guard let header = JobLogPartHeader(decoding: [UInt8](head.prefix(count))) else {
            return nil
        }
        let length = try file.length(failing: .assemble) - Int64(JobLogPartHeader.length)
        let output = header.offset..<(header.offset + length)
        return Part(file: file, header: header, output: output)
    }
}
