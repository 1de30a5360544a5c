// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Makes output from outside safe for a person's terminal, chunk by chunk.
///
/// Text, line feeds, carriage returns, backspaces, tabs, colors (`ESC [ … m`) and the erasure of a
/// line (`ESC [ … K`) pass. All other escape sequences, control characters and characters that are
/// not readable are removed, so that the output can neither change the settings of the terminal nor
/// write anywhere but at the end. Each byte that is not valid UTF-8 becomes U+FFFD.
package struct TerminalFilter {
    private enum State {
        case text
        /// Has read ESC, and possibly intermediate characters.
        case escape
        /// Reads a control sequence, whose bytes so far are kept.
        case control([UInt8])
        /// Reads a control sequence that is removed.
        case removedControl
        /// Reads a control string, which ends with BEL or ESC \.
        case string
    }

    /// The longest control sequence that passes, and the longest row of overlaid marks.
    private static let (longestSequence, longestRow) = (64, 8)

    private var state = State.text
    private var decoder = UTF8Decoder()
    private var overlaid = 0
    /// Whether a color or another style may be active, so that the output should be followed
    /// by ``resetStyle``.
    package private(set) var hasStyle = false

    /// The sequence that ends all colors and other styles.
    package static let resetStyle: [UInt8] = [0x1B, 0x5B, 0x30, 0x6D]

    package init() {}

    /// Returns the safe form of the next chunk.
    ///
    /// An incomplete character or sequence at the end is kept for the next call.
    package mutating func filter(_ output: RawSpan) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(output.byteCount)
        output.withUnsafeBytes { bytes in
            for byte in bytes {
                for scalar in self.decoder.read(byte) { self.read(scalar, into: &result) }
            }
        }
        return result
    }

    private mutating func read(_ scalar: Unicode.Scalar, into result: inout [UInt8]) {
        switch self.state {
        case .text: self.readText(scalar, into: &result)
        case .escape: self.readEscape(scalar)
        case .control(let bytes): self.readControl(scalar, bytes, into: &result)
        case .removedControl: self.readControl(scalar, nil, into: &result)
        case .string:
            if scalar == "\u{07}" || scalar == "\n" { self.state = .text }
            if scalar == "\u{1B}" { self.state = .escape }
        }
    }

    private mutating func readText(_ scalar: Unicode.Scalar, into result: inout [UInt8]) {
        switch scalar {
        case "\u{1B}":
            self.state = .escape
        case "\n", "\r", "\u{08}", "\t":
            self.overlaid = 0
            result.append(UInt8(truncatingIfNeeded: scalar.value))
        case _ where scalar.isUnreadable:
            break
        default:
            self.overlaid = scalar.isOverlaid ? self.overlaid + 1 : 0
            if self.overlaid <= Self.longestRow { result += Array(String(scalar).utf8) }
        }
    }

    private mutating func readEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "[": self.state = .control([])
        case "]", "P", "X", "^", "_", "k": self.state = .string
        case " "..."/", "\u{1B}": break
        default: self.state = .text
        }
    }

    private mutating func readControl(
        _ scalar: Unicode.Scalar,
        _ bytes: [UInt8]?,
        into result: inout [UInt8]
    ) {
        let byte = UInt8(truncatingIfNeeded: scalar.value)
        switch scalar {
        case "0"..."9", ";", ":":
            guard let bytes, bytes.count < Self.longestSequence else {
                self.state = .removedControl
                break
            }
            self.state = .control(bytes + [byte])
        case "m", "K":
            self.state = .text
            self.hasStyle = self.hasStyle || (bytes != nil && scalar == "m")
            if let bytes { result += [0x1B, UInt8(ascii: "[")] + bytes + [byte] }
        case " "..."?":
            // A private parameter or an intermediate character belongs to another sequence.
            self.state = .removedControl
        case "\u{1B}":
            self.state = .escape
        case "\n":
            self.state = .text
            result.append(UInt8(ascii: "\n"))
        default:
            self.state = .text
        }
    }
}

/// Decodes UTF-8 byte by byte.
private struct UTF8Decoder {
    private var pending: [UInt8] = []

    /// Reads a byte, and returns the scalars that it completes.
    mutating func read(_ byte: UInt8) -> [Unicode.Scalar] {
        if self.pending.isEmpty, byte < 0x80 { return [Unicode.Scalar(byte)] }
        if !self.pending.isEmpty, !UTF8.isContinuation(byte) {
            self.pending = []
            return ["\u{FFFD}"] + self.read(byte)
        }
        self.pending.append(byte)
        let length =
            switch self.pending[0] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        guard self.pending.count >= length else { return [] }
        let text = String(validating: self.pending, as: UTF8.self)
        self.pending = []
        return [text?.unicodeScalars.first ?? "\u{FFFD}"]
    }
}
