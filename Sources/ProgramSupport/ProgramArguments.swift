// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The arguments of this program as the kernel has handed them over.
package enum ProgramArguments {
    /// The first argument that is not UTF-8, with `\xNN` for what is not ASCII; nil if all are.
    ///
    /// `CommandLine.arguments` has them repaired, and who hands those on hands on something else.
    package static var firstThatIsNotText: String? {
        for index in 0..<Int(CommandLine.argc) {
            guard let start = CommandLine.unsafeArgv[index] else { continue }
            if String(validatingCString: start) == nil { return Self.escaped(start) }
        }
        return nil
    }

    private static func escaped(_ start: UnsafePointer<CChar>) -> String {
        var text = ""
        var next = start
        while next.pointee != 0 {
            let byte = UInt8(bitPattern: next.pointee)
            text += (32..<127).contains(byte) ? String(UnicodeScalar(byte)) : Self.escape(byte)
            next += 1
        }
        return text
    }

    private static func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
}
