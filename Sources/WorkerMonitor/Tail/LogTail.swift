// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// The newest output of a process, from which a heartbeat takes the last lines.
///
/// Appending output copies it into a buffer, whatever the output contains. The text is derived only
/// when ``text()`` is called. The text depends only on the bytes that were appended, not on how
/// they were divided into chunks.
///
/// The buffer is as large as the last five lines of the output, or another number, require: it is
/// empty before any output, 1 KiB for lines of usual length, and four times the limit at most. Line
/// feeds are searched only when the buffer is full.
public struct LogTail {
    /// The default limit: 8 KiB.
    public static let defaultLimit = 8 * 1024

    /// The maximum length of ``text()``, in bytes of UTF-8.
    public let limit: Int

    /// How many bytes were appended in total.
    public private(set) var byteCount = 0

    /// The newest bytes of the output, which end at `next`.
    ///
    /// A buffer of the largest size is used as a ring: if `isFull` is set, the oldest bytes start
    /// at `next`.
    private(set) var buffer: [UInt8] = []
    private var next = 0
    private var isFull = false
    private let keptPieces: Int

    /// Creates an empty tail.
    ///
    /// The tail keeps up to four times the limit of raw output, because colors and progress bars
    /// take many bytes for little text. If the last five lines take more than that, the text
    /// contains fewer lines, the newest ones.
    ///
    /// - Parameter limit: The maximum length of ``text()``, in bytes of UTF-8; at least 1.
    public init(limit: Int = LogTail.defaultLimit) {
        self.init(limit: limit, lines: Self.pieceCount - 1)
    }

    /// Creates an empty tail that keeps more lines than ``text()`` shows; see `text(pieces:)`.
    init(limit: Int, lines: Int) {
        require(limit > 0, "The limit of a log tail must be at least one byte.")
        self.limit = limit
        self.keptPieces = Swift.max(lines + 1, Self.pieceCount)
    }

    // `append`, `take` and `copy` are inlined into the caller. As function calls they took a fifth
    // of the instructions of an append.
    //
    /// Appends output of any length.
    ///
    /// The output may start and end in the middle of a line, a character or an escape sequence.
    @inline(__always)
    public mutating func append(_ output: RawSpan) {
        output.withUnsafeBytes { self.take($0) }
    }

    /// Appends output from an array.
    public mutating func append(_ output: [UInt8]) {
        output.withUnsafeBytes { self.take($0) }
    }

    /// Returns the end of the output as text that can be displayed and sent anywhere.
    ///
    /// The text consists of the last five pieces between line feeds: four complete lines, and the
    /// beginning of the fifth, which is empty after a line feed. Escape sequences, carriage returns
    /// and backspaces have the effect that they would have on a terminal with a single line. If the
    /// text exceeds the limit, its oldest part is removed at the boundary of a Unicode scalar. A
    /// multi-byte character or an escape sequence is left out until it is complete.
    ///
    /// The result is valid UTF-8 with at most ``limit`` bytes, at most four line feeds, and no
    /// control characters other than TAB and LF. The cost depends on the limit, not on the length
    /// of the output. Call the method once for each heartbeat, not for each chunk of output.
    public func text() -> String { self.text(pieces: Self.pieceCount) }

    /// Returns the text of more pieces than ``text()``, at most of as many as the tail keeps.
    func text(pieces count: Int) -> String {
        let window = self.window
        let pieces = Self.lastPieces(of: window, count: count)
        let isCut = self.byteCount > window.count && pieces.startIndex == window.startIndex
        return TailText.derive(from: pieces, startIsCut: isCut, limit: self.limit)
    }

    /// The bytes in the buffer, oldest first.
    private var window: ArraySlice<UInt8> {
        guard self.isFull else { return self.buffer[..<self.next] }
        return self.buffer[self.next...] + self.buffer[..<self.next]
    }

    @inline(__always)
    private mutating func take(_ output: UnsafeRawBufferPointer) {
        self.byteCount += output.count
        if output.count <= self.buffer.count - self.next {
            self.copy(output)
        } else {
            self.takeMore(output.suffix(self.largestSize))
        }
    }

    /// Copies output that fits between `next` and the end of the buffer.
    @inline(__always)
    private mutating func copy(_ output: UnsafeRawBufferPointer) {
        let start = self.next
        self.buffer.withUnsafeMutableBytes { buffer in
            let end = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            end.copyMemory(from: output)
        }
        self.next = start + output.count
    }

    /// Takes output that does not fit: removes bytes that `text()` no longer needs, or grows
    /// the buffer.
    @inline(never)
    private mutating func takeMore(_ output: Slice<UnsafeRawBufferPointer>) {
        var kept = output
        if self.buffer.count < self.largestSize {
            let start = Self.lineFeedBeforeLastPieces(of: kept, count: self.keptPieces)
            kept = kept[(start ?? kept.startIndex)...]
            self.makeRoom(for: kept.count, afterOlder: start == nil)
        }
        let first = kept.prefix(self.buffer.count - self.next)
        self.copy(UnsafeRawBufferPointer(rebasing: first))
        let rest = kept[first.endIndex...]
        guard !rest.isEmpty else { return }
        // The buffer has its largest size, so the rest overwrites the oldest bytes.
        self.next = 0
        self.isFull = true
        self.copy(UnsafeRawBufferPointer(rebasing: rest))
    }
}

/// The growth of the buffer.
extension LogTail {
    private var largestSize: Int { self.limit * 4 }

    private static let smallestSize = 1024

    /// Makes room for new bytes, after the bytes in the buffer that `text()` still needs.
    ///
    /// The buffer becomes at least twice as large as the kept and the new bytes together. Line
    /// feeds are searched again only when its free half has been filled. So each byte of the output
    /// is searched less than twice on average, whatever the size of the chunks.
    ///
    /// - Parameters:
    ///   - count: The number of new bytes.
    ///   - keepsOlder: Whether any bytes in the buffer are still needed.
    private mutating func makeRoom(for count: Int, afterOlder keepsOlder: Bool) {
        // The range includes the line feed that precedes the kept pieces. This line feed proves
        // that the first of them is complete.
        let written = self.buffer[..<self.next]
        let start = Self.lineFeedBeforeLastPieces(of: written, count: self.keptPieces) ?? 0
        let older = (keepsOlder ? start : self.next)..<self.next
        var size = Swift.max(self.buffer.count, Self.smallestSize)
        while size < 2 * (older.count + count) { size *= 2 }
        self.next = older.count
        if size > self.buffer.count {
            self.grow(to: Swift.min(size, self.largestSize), keeping: older)
        } else {
            self.buffer.withUnsafeMutableBytes { buffer in
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[older]))
            }
        }
    }

    private mutating func grow(to size: Int, keeping older: Range<Int>) {
        var larger: [UInt8] = []
        larger.reserveCapacity(size)
        larger += self.buffer[older]
        larger += repeatElement(0, count: size - older.count)
        self.buffer = larger
    }
}

/// The search for the last pieces of the output.
///
/// A piece is a line without its line feed. The bytes after the last line feed are also a piece,
/// which may be empty.
extension LogTail {
    /// The number of pieces that a tail shows.
    static let pieceCount = 5

    /// Returns the bytes of the last pieces, by default five, including the line feeds
    /// between them.
    ///
    /// If the bytes end with a line feed, the last piece is empty, so four complete lines remain. A
    /// carriage return does not separate pieces.
    static func lastPieces(
        of bytes: ArraySlice<UInt8>,
        count: Int = Self.pieceCount
    ) -> ArraySlice<UInt8> {
        guard let lineFeed = Self.lineFeedBeforeLastPieces(of: bytes, count: count) else {
            return bytes
        }
        return bytes[(lineFeed + 1)...]
    }

    /// Returns the index of the line feed that precedes the last `count` pieces, or `nil` if there
    /// are at most so many.
    static func lineFeedBeforeLastPieces<Bytes: RandomAccessCollection>(
        of bytes: Bytes,
        count: Int = Self.pieceCount
    ) -> Int? where Bytes.Element == UInt8, Bytes.Index == Int {
        var lineFeeds = 0
        var index = bytes.endIndex
        while index > bytes.startIndex {
            index -= 1
            guard bytes[index] == UInt8(ascii: "\n") else { continue }
            lineFeeds += 1
            if lineFeeds == count { return index }
        }
        return nil
    }
}
