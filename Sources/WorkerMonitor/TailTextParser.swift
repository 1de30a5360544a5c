// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Reads output scalar by scalar, as a terminal one line high.
///
/// The states are those of a terminal's own parser (ECMA-48, and what xterm makes of it), with
/// one rule more: a line feed ends everything, so that a broken sequence spoils one line at most.
struct TailTextParser {
    /// How long an escape sequence can be; what comes after that in it is text again.
    static let sequenceLimit = 4096

    private enum State {
        /// Text.
        case ground
        /// After ESC and any intermediates.
        case escape
        /// In a control sequence, with its number so far; `nil` if it is not a plain number.
        case control(Int?)
        /// In a string such as a window title, which ends with BEL or ESC \.
        case string
    }

    private var state = State.ground
    private var sequenceLength = 0
    private var line = TailTextLine()
    private var finished: [UInt8] = []

    /// The text of all that was read; a sequence that is not complete yet shows nothing.
    var text: String {
        String(decoding: self.finished + self.line.bytes, as: UTF8.self)
    }

    /// Reads the next scalar.
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

    /// Reads what means the same in (nearly) every state, and says whether it was that.
    private mutating func readControl(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) else { return false }
        switch scalar {
        case "\n":
            self.state = .ground
            self.endLine()
        case "\u{1B}":
            // In a string too: it is the first half of its terminator, or ends it anyway.
            self.state = .escape
            self.sequenceLength = 0
        case "\u{07}", "\u{18}", "\u{1A}":
            // BEL ends a string, CAN and SUB any sequence.
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
        default: self.abandonSequence(with: scalar)
        }
    }

    private mutating func readControlSequence(_ scalar: Unicode.Scalar, _ number: Int?) {
        switch scalar {
        case "0"..."9":
            let digit = Int(scalar.value) - 0x30
            // Clamped, since a terminal takes any number of digits.
            self.state = .control(number.map { Swift.min($0 * 10 + digit, 10_000) })
        case " "..."?":
            self.state = .control(nil)
        case "@"..."~":
            self.state = .ground
            if let number { self.perform(scalar, number) }
        default:
            self.abandonSequence(with: scalar)
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

    /// No sequence has such a scalar, so this one is broken and the scalar is text.
    private mutating func abandonSequence(with scalar: Unicode.Scalar) {
        self.state = .ground
        self.put(scalar)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let isRefusedByXML = scalar == "\u{FFFE}" || scalar == "\u{FFFF}"
        self.line.put(isRefusedByXML ? "\u{FFFD}" : scalar)
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
