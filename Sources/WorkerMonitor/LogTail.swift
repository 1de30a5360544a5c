// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The newest output of a process, kept so that a heartbeat can show the end of it.
///
/// Feeding it is one copy into a fixed ring, whatever the output looks like: no line is looked
/// at and nothing is allocated. The text is derived when somebody asks, by ``text()``.
///
/// What comes out depends only on the bytes that went in, not on how they were cut into chunks.
public struct LogTail {
    /// How much text a tail has at most, unless told otherwise: 8 KiB.
    public static let defaultLimit = 8 * 1024

    /// The most text that ``text()`` returns, in bytes of UTF-8.
    public let limit: Int

    /// All bytes that were ever appended.
    public private(set) var byteCount = 0

    private var ring: [UInt8]
    private var next = 0

    /// Makes an empty tail.
    ///
    /// Four times the limit is kept of the raw output, because colours and progress bars make
    /// much output out of little text. Output that hides its last five lines in more than that
    /// shows as fewer lines, the newest ones.
    ///
    /// - Parameter limit: the most text that ``text()`` returns, in bytes of UTF-8; at least 1.
    public init(limit: Int = LogTail.defaultLimit) {
        precondition(limit > 0, "the limit of a log tail is at least one byte")
        self.limit = limit
        self.ring = [UInt8](repeating: 0, count: limit * 4)
    }

    /// Takes a piece of output, of any length and cut anywhere.
    public mutating func append(_ output: RawSpan) {
        output.withUnsafeBytes { self.take($0) }
    }

    /// Takes a piece of output that is an array.
    public mutating func append(_ output: [UInt8]) {
        output.withUnsafeBytes { self.take($0) }
    }

    /// Gives the end of the output as text that can be shown and sent anywhere.
    ///
    /// It is the last five pieces between line feeds (so four lines and what has been begun of
    /// the fifth, which is empty after a line feed), cleaned by the rules of ``TailText``. Where
    /// this is more than the limit the oldest part is left out, at the edge of a Unicode scalar:
    /// of a single endless line the newest part stays. A multi-byte character or an escape
    /// sequence that is not complete yet is held back until it is.
    ///
    /// Always valid UTF-8, at most ``limit`` bytes and four line feeds, without control
    /// characters other than TAB and LF. The work is in proportion to the limit, not to the
    /// output: call it for a heartbeat, not for a chunk.
    public func text() -> String {
        let window = self.window
        let pieces = Self.lastPieces(of: window)
        let isCut = self.byteCount > window.count && pieces.startIndex == window.startIndex
        return TailText.derive(from: pieces, startIsCut: isCut, limit: self.limit)
    }

    private mutating func take(_ output: UnsafeRawBufferPointer) {
        let room = self.ring.count
        let kept = UnsafeRawBufferPointer(rebasing: output.suffix(room))
        let first = Swift.min(kept.count, room - self.next)
        let start = self.next
        self.ring.withUnsafeMutableBytes { ring in
            let end = UnsafeMutableRawBufferPointer(rebasing: ring[start...])
            end.copyMemory(from: UnsafeRawBufferPointer(rebasing: kept[..<first]))
            ring.copyMemory(from: UnsafeRawBufferPointer(rebasing: kept[first...]))
        }
        self.next = (start + kept.count) % room
        self.byteCount += output.count
    }

    /// The bytes in the ring, oldest first.
    private var window: ArraySlice<UInt8> {
        guard self.byteCount >= self.ring.count else { return self.ring[..<self.next] }
        return self.ring[self.next...] + self.ring[..<self.next]
    }
}
