// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A log that puts the time in front of each line of another log.
///
/// The time is that of the first byte of the line, in UTC with milliseconds, for example
/// `2026-11-28T07:42:38.123Z`. A carriage return starts a new line too, unless a line feed follows:
/// the next state of a progress bar has its own time, which would otherwise be overwritten on a
/// terminal. All other bytes are logged unchanged.
public final class TimestampedLog: JobLogSink {
    private enum Position {
        /// The next byte begins a line.
        case lineStart
        /// The next byte continues a line.
        case inLine
        /// The last byte was a carriage return, so the next byte begins a line, unless it is a
        /// line feed.
        case afterReturn
    }

    private let log: any JobLogSink
    private let clock: () -> Int64
    private var position = Position.lineStart

    /// How many bytes of output were written, without the times.
    public private(set) var outputBytes: Int64 = 0

    /// Creates a log that writes to another log.
    ///
    /// - Parameters:
    ///   - log: The log for the lines with their times.
    ///   - clock: Returns the microseconds since 1970, or `nil` to use the system's clock.
    public init(_ log: any JobLogSink, clock: (() -> Int64)? = nil) {
        self.log = log
        self.clock = clock ?? Self.systemMicroseconds
    }

    /// The path of the other log.
    public var path: String? { self.log.path }

    /// The length of the other log, in bytes.
    public var logBytes: Int64 { self.log.logBytes }

    /// Appends output, with the present time in front of each line that begins in it.
    public func append(_ output: RawSpan) throws(JobLogError) {
        let time = Self.text(self.clock())
        var bytes: [UInt8] = []
        bytes.reserveCapacity(output.byteCount + 2 * time.count)
        output.withUnsafeBytes { for byte in $0 { self.add(byte, time, to: &bytes) } }
        try self.log.append(bytes.span.bytes)
        self.outputBytes += Int64(output.byteCount)
    }

    /// Appends a message of the monitor, with the present time in front of each of its lines.
    public func note(_ text: String) throws(JobLogError) {
        let time = String(decoding: Self.text(self.clock()), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let whole = text.hasSuffix("\n") ? lines.dropLast() : lines[...]
        try self.log.note(whole.map { time + $0 }.joined(separator: "\n"))
        self.position = .lineStart
    }

    /// Ends the other log.
    public func endWriting() -> (@Sendable () throws -> Int64)? { self.log.endWriting() }

    private func add(_ byte: UInt8, _ time: [UInt8], to bytes: inout [UInt8]) {
        let isLineFeed = byte == UInt8(ascii: "\n")
        let isReturn = byte == UInt8(ascii: "\r")
        switch self.position {
        case .lineStart: bytes += time
        case .afterReturn where !isLineFeed && !isReturn: bytes += time
        case .afterReturn, .inLine: break
        }
        bytes.append(byte)
        self.position = isLineFeed ? .lineStart : isReturn ? .afterReturn : .inLine
    }

    /// Returns the time in ISO 8601, followed by a space.
    static func text(_ microseconds: Int64) -> [UInt8] {
        var seconds = time_t(microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let milliseconds = microseconds / 1_000 % 1_000
        let day = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return [UInt8]("\(day)T\(clock).\(padded(Int32(milliseconds), 3))Z ".utf8)

        func padded(_ number: Int32, _ width: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }

    private static func systemMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
