// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// The arguments of this process as the kernel passes them: byte strings.
///
/// `CommandLine` is not used, because it reads /proc/self/cmdline. In a chroot without /proc it has
/// no arguments (https://github.com/swiftlang/swift/issues/76080), and a program would do what it
/// does without any.
package enum ProgramArguments {
    /// The arguments after the name of the program, with invalid UTF-8 replaced.
    ///
    /// The array is made when it is first used, and ``hideLogins()`` does not change it.
    package static let texts = Self.all.dropFirst().map { String(cString: $0) }

    /// The first argument that is not valid UTF-8, with each byte outside of ASCII written as
    /// `\xNN`, or `nil` if all arguments are valid.
    ///
    /// A program that passes such an argument on to a command would pass a different one.
    package static var firstThatIsNotText: String? {
        self.all.first { String(validatingCString: $0) == nil }.map(Self.escaped)
    }

    private static var all: [UnsafePointer<CChar>] {
        var count: Int32 = 0
        let arguments = cspawn_arguments(&count)
        return (0..<Int(count)).compactMap { index in
            arguments?[index].map { UnsafePointer($0) }
        }
    }

    /// Overwrites the logins of URLs in the arguments of this process with asterisks.
    ///
    /// All users of the machine can read the arguments of a process, for example with ps(1). The
    /// program itself keeps the original arguments, because ``texts`` is a copy.
    package static func hideLogins() {
        // The copy is made when it is first used.
        _ = self.texts.count
        for start in self.all {
            let bytes = UnsafeMutableBufferPointer(
                start: UnsafeMutablePointer(mutating: start),
                count: strlen(start)
            )
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
