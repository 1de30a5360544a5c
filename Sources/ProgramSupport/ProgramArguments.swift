// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

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

    /// Overwrites the logins of URLs in the arguments of this process with asterisks.
    ///
    /// All users of the machine can read the arguments of a process, for example with ps(1). The
    /// program itself keeps the original arguments, because `CommandLine.arguments` is a copy.
    package static func hideLogins() {
        // The copy is made when it is first used.
        _ = CommandLine.arguments.count
        for index in 0..<Int(CommandLine.argc) {
            guard let start = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeMutableBufferPointer(start: start, count: strlen(start))
            guard let login = Self.login(in: bytes.map { UInt8(bitPattern: $0) }) else { continue }
            for place in login { bytes[place] = CChar(UInt8(ascii: "*")) }
        }
    }

    /// Returns the places of the login in a URL: between `://` and the last `@` before the path.
    static func login(in argument: [UInt8]) -> Range<Int>? {
        guard let mark = argument.firstRange(of: Array("://".utf8)) else { return nil }
        let rest = argument[mark.upperBound...]
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        return authority.startIndex..<at
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
