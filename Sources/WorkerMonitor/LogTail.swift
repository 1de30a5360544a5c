// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// The newest output of a process, kept so that a heartbeat can show the end of it.
///
/// Feeding it is one copy into a buffer, whatever the output looks like. The text is derived when
/// somebody asks, by ``text()``. The buffer is as large as the last five pieces of the output need
/// it to be: nothing before there is output, a kilobyte for lines of usual length, four times the
/// limit at most. Only when it is full are lines looked for, from its end.
///
/// What comes out depends only on the bytes that went in, not on how they were cut into chunks.
public struct LogTail {
    /// How much text a tail has at most, unless told otherwise: 8 KiB.
    public static let defaultLimit = 8 * 1024

    /// The most text that ``text()`` returns, in bytes of UTF-8.
    public let limit: Int

    /// All bytes that were ever appended.
    public private(set) var byteCount = 0

    /// The newest bytes, up to `next`.
    ///
    /// Once it is as large as it gets it is a ring: older ones follow from `next` on if `isFull`.
    private(set) var buffer: [UInt8] = []
    private var next = 0
    private var isFull = false

    /// Makes an empty tail.
    ///
    /// Four times the limit is kept of the raw output, because colours and progress bars make
    /// much output out of little text. Output that hides its last five lines in more than that
    /// shows as fewer lines, the newest ones.
    ///
    /// - Parameter limit: the most text that ``text()`` returns, in bytes of UTF-8; at least 1.
    public init(limit: Int = LogTail.defaultLimit) {
        require(limit > 0, "the limit of a log tail is at least one byte")
        self.limit = limit
    }

    // With `take` and `copy` a part of its caller: as calls they were a fifth of the instructions
    // that a piece takes.
    //
    /// Takes a piece of output, of any length and cut anywhere.
    @inline(__always)
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
    /// the fifth, which is empty after a line feed), cleaned by the rules of `TailText`. Where
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

    /// The bytes that are kept, oldest first.
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
            self.takeMore(output.suffix(self.largest))
        }
    }

    /// Takes what there is room for.
    @inline(__always)
    private mutating func copy(_ output: UnsafeRawBufferPointer) {
        let start = self.next
        self.buffer.withUnsafeMutableBytes { buffer in
            let end = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            end.copyMemory(from: output)
        }
        self.next = start + output.count
    }

    /// Takes what there is no room for: forgets what shows no more, or grows.
    @inline(never)
    private mutating func takeMore(_ output: Slice<UnsafeRawBufferPointer>) {
        var kept = output
        if self.buffer.count < self.largest {
            let start = Self.lineFeedBeforeLastPieces(of: kept)
            kept = kept[(start ?? kept.startIndex)...]
            self.makeRoom(for: kept.count, afterOlder: start == nil)
        }
        let first = kept.prefix(self.buffer.count - self.next)
        self.copy(UnsafeRawBufferPointer(rebasing: first))
        let rest = kept[first.endIndex...]
        guard !rest.isEmpty else { return }
        // The buffer is as large as it gets: over the oldest.
        self.next = 0
        self.isFull = true
        self.copy(UnsafeRawBufferPointer(rebasing: rest))
    }
}

/// How the buffer grows.
extension LogTail {
    private var largest: Int { self.limit * 4 }

    private static let least = 1024

    /// Makes the buffer at least twice as large as what is kept of it and of what comes.
    ///
    /// So half of it at least is filled before lines have to be looked for again: less than two
    /// looks at each byte of the output, however it is cut.
    private mutating func makeRoom(for count: Int, afterOlder keepsOlder: Bool) {
        // With the line feed before them: it is the proof that their start was not cut off.
        let start = Self.lineFeedBeforeLastPieces(of: self.buffer[..<self.next]) ?? 0
        let older = (keepsOlder ? start : self.next)..<self.next
        var size = Swift.max(self.buffer.count, Self.least)
        while size < 2 * (older.count + count) { size *= 2 }
        self.next = older.count
        if size > self.buffer.count {
            self.grow(to: Swift.min(size, self.largest), keeping: older)
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
