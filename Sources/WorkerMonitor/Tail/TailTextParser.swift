// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport

/// A parser that interprets output as a terminal with a single line does.
///
/// The states are those of a terminal's parser (ECMA-48, with the extensions of xterm). One rule is
/// added: a line feed ends every sequence, so a broken sequence affects one line at most.
struct TailTextParser {
    /// The maximum length of an escape sequence, in scalars.
    ///
    /// Scalars after that are text again.
    static let sequenceLimit = 4096

    /// The longest row of overlaid marks that is kept.
    private static let longestRow = 8

    private enum State {
        /// Reads text.
        case ground
        /// Has read ESC, and possibly intermediate characters.
        case escape
        /// Reads a control sequence. The value is the parameter so far, or `nil` if the parameters
        /// are not a single number.
        case control(Int?)
        /// Reads a control string such as a window title, which ends with BEL or ESC \.
        case string
    }

    private var state = State.ground
    private var sequenceLength = 0
    /// The number of overlaid marks at the end of the text so far.
    private var overlaid = 0
    private var line = TailTextLine()
    private var finished: [UInt8] = []

    /// The text of all scalars that were read.
    ///
    /// An escape sequence that is not complete yet does not appear in the text.
    var text: String {
        String(decoding: self.finished + self.line.bytes, as: UTF8.self)
    }

    /// Reads the next scalar of the output.
    mutating func read(_ scalar: Unicode.Scalar) {
        if self.readControl(scalar) { return }
        self.sequenceLength += 1
        if self.sequenceLength > Self.sequenceLimit { self.state = .ground }
        switch self.state {
        case .ground: self.put(scalar)
        case .escape: self.readEscape(scalar)
        case .control(let number): self.readControlSequence(scalar, number)
        case .string: break
        }
    }

    /// Reads a control character, in any state.
    ///
    /// Inside a control string, only the characters that can end the string have an effect. TAB has
    /// an effect only in text.
    ///
    /// - Returns: `false` if the scalar is not a control character.
    private mutating func readControl(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) else { return false }
        switch scalar {
        case "\n":
            self.state = .ground
            self.endLine()
        case "\u{1B}":
            // ESC ends a control string too: it is the first half of the terminator, or starts
            // another sequence.
            self.state = .escape
            self.sequenceLength = 0
        case "\u{07}", "\u{18}", "\u{1A}":
            // BEL ends a control string. CAN and SUB end any sequence.
            if scalar != "\u{07}" || self.isInString { self.state = .ground }
        case "\r" where !self.isInString:
            self.line.move(toColumn: 0)
        case "\u{08}" where !self.isInString:
            self.line.moveLeft()
        case "\t" where self.isInGround:
            self.line.put(scalar)
        default:
            break
        }
        return true
    }

    private mutating func readEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[": self.state = .control(0)
        case "]", "P", "X", "^", "_", "k": self.state = .string
        case " "..."/": break
        case "0"..."~": self.state = .ground
        default: self.endBrokenSequence(at: scalar)
        }
    }

    private mutating func readControlSequence(_ scalar: Unicode.Scalar, _ number: Int?) {
        switch scalar {
        case "0"..."9":
            let digit = Int(scalar.value) - 0x30
            // A program may write any number of digits, which must not overflow.
            self.state = .control(number.map { Swift.min($0 * 10 + digit, 10_000) })
        case " "..."?":
            self.state = .control(nil)
        case "@"..."~":
            self.state = .ground
            if let number { self.perform(scalar, number) }
        default:
            self.endBrokenSequence(at: scalar)
        }
    }

    private mutating func perform(_ final: Unicode.Scalar, _ number: Int) {
        switch (final, number) {
        case ("K", 0): self.line.eraseToEnd()
        case ("K", 1): self.line.eraseToCursor()
        case ("K", 2): self.line.eraseAll()
        case ("G", _): self.line.move(toColumn: Swift.max(number, 1) - 1)
        default: break
        }
    }

    /// Ends a broken sequence at a scalar that no sequence may contain, and reads it as text.
    private mutating func endBrokenSequence(at scalar: Unicode.Scalar) {
        self.state = .ground
        self.put(scalar)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let isForbiddenInXML = scalar == "\u{FFFE}" || scalar == "\u{FFFF}"
        if scalar.isUnreadable, !isForbiddenInXML { return }
        self.overlaid = scalar.isOverlaid ? self.overlaid + 1 : 0
        guard self.overlaid <= Self.longestRow else { return }
        self.line.put(isForbiddenInXML ? "\u{FFFD}" : scalar)
    }

    private mutating func endLine() {
        self.finished += self.line.bytes
        self.finished.append(UInt8(ascii: "\n"))
        self.line.reset()
    }

    private var isInString: Bool {
        if case .string = self.state { true } else { false }
    }

    private var isInGround: Bool {
        if case .ground = self.state { true } else { false }
    }
}

/// The line of a terminal, with a cursor.
struct TailTextLine {
    /// The visible scalars, one for each column.
    private var columns: [Unicode.Scalar] = []

    /// The column of the next character.
    ///
    /// After an erasure it may be beyond the end of the line.
    private var cursor = 0

    /// The visible text in UTF-8.
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

    /// Writes a character at the cursor, replacing the character there, and advances the cursor.
    mutating func put(_ scalar: Unicode.Scalar) {
        while self.columns.count < self.cursor { self.columns.append(" ") }
        if self.cursor < self.columns.count {
            self.columns[self.cursor] = scalar
        } else {
            self.columns.append(scalar)
        }
        self.cursor += 1
    }

    /// Moves the cursor one column to the left, unless it is at the start of the line.
    mutating func moveLeft() {
        if self.cursor > 0 { self.cursor -= 1 }
    }

    /// Moves the cursor to a column, counted from 0, but not beyond the end of the line.
    mutating func move(toColumn column: Int) {
        self.cursor = Swift.min(column, self.columns.count)
    }

    /// Erases from the cursor to the end of the line.
    mutating func eraseToEnd() {
        if self.cursor < self.columns.count { self.columns.removeSubrange(self.cursor...) }
    }

    /// Replaces the start of the line with spaces, up to and including the cursor's column.
    mutating func eraseToCursor() {
        for column in self.columns.indices.prefix(self.cursor + 1) { self.columns[column] = " " }
    }

    /// Erases the whole line without moving the cursor.
    mutating func eraseAll() {
        self.columns.removeAll(keepingCapacity: true)
    }

    /// Erases the line and moves the cursor to its start.
    mutating func reset() {
        self.eraseAll()
        self.cursor = 0
    }
}
