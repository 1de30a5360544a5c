// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One line of a terminal: what it shows, and where the next character goes.
struct TailTextLine {
    /// What the line shows, a scalar a column.
    private var columns: [Unicode.Scalar] = []

    /// Where the next character goes; beyond the end after an erasure.
    private var cursor = 0

    /// What the line shows, in UTF-8.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.columns.count)
        for scalar in self.columns {
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return bytes
    }

    /// Shows a character at the cursor, in place of what is there.
    mutating func put(_ scalar: Unicode.Scalar) {
        while self.columns.count < self.cursor { self.columns.append(" ") }
        if self.cursor < self.columns.count {
            self.columns[self.cursor] = scalar
        } else {
            self.columns.append(scalar)
        }
        self.cursor += 1
    }

    /// Moves the cursor one to the left, if there is something.
    mutating func moveLeft() {
        if self.cursor > 0 { self.cursor -= 1 }
    }

    /// Moves the cursor to a column, counted from 0, at most to the line's end.
    mutating func move(toColumn column: Int) {
        self.cursor = Swift.min(column, self.columns.count)
    }

    /// Erases from the cursor to the end.
    mutating func eraseToEnd() {
        if self.cursor < self.columns.count { self.columns.removeSubrange(self.cursor...) }
    }

    /// Erases from the start up to and with the cursor's column.
    mutating func eraseToCursor() {
        for column in self.columns.indices.prefix(self.cursor + 1) { self.columns[column] = " " }
    }

    /// Erases the whole line and leaves the cursor where it is.
    mutating func eraseAll() {
        self.columns.removeAll(keepingCapacity: true)
    }

    /// Starts anew as an empty line.
    mutating func reset() {
        self.eraseAll()
        self.cursor = 0
    }
}
