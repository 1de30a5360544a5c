// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The arguments of this process as the kernel passes them: byte strings.
package enum ProgramArguments {
    /// The first argument that is not valid UTF-8, with each byte outside of ASCII written as
    /// `\xNN`, or `nil` if all arguments are valid.
    ///
    /// `CommandLine.arguments` replaces invalid bytes. A program that passes such an argument on to
    /// a command would pass a different one.
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
