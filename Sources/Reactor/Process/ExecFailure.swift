// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Explains why execve(2) refused a file, as a clause that follows the name of the file.
///
/// The error number alone can mislead: EACCES ("Permission denied") may mean that the path is a
/// directory or on a file system without programs, and ENOENT ("No such file or directory") may
/// mean that the interpreter of a script is missing.
struct ExecFailure {
    private let path: String
    private let errno: Int32

    /// Returns the name of a program with an explanation, or the name alone if there is none.
    static func subject(of request: SpawnRequest, errno: Int32) -> String {
        let name = request.executable
        if errno == E2BIG { return "\(name) with \(self.argumentsTooLong)" }
        if name.contains("/") {
            let path = name.hasPrefix("/") ? name : "\(request.workingDirectory ?? ".")/\(name)"
            return name + ExecFailure(path: path, errno: errno).clause
        }
        // The program of a name is the first file of that name in PATH.
        let folders = (request.environment.resolved()["PATH"] ?? "/bin:/usr/bin").split(
            separator: ":"
        )
        let paths = folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { access($0, F_OK) == 0 }) else {
            return errno == ENOENT ? "\(name), which is in no directory of PATH" : name
        }
        return path + ExecFailure(path: path, errno: errno).clause
    }

    private static let argumentsTooLong =
        "these arguments, which are too long together with the environment (a single one may have "
        + "128 KiB; pass long lists in a file)"

    /// The explanation with a leading comma, or an empty string.
    private var clause: String {
        var status = stat()
        guard stat(self.path, &status) == 0 else { return self.missing }
        if status.st_mode & S_IFMT == S_IFDIR { return ", which is a directory" }
        if status.st_mode & S_IFMT != S_IFREG { return ", which is not a regular file" }
        switch self.errno {
        case ENOEXEC: return self.badFormat(isEmpty: status.st_size == 0)
        case ENOENT: return self.missingInterpreter
        case EACCES: return self.forbidden(status)
        case ETXTBSY: return ", which a process has open for writing (wait until it has closed it)"
        case ELOOP: return ", whose interpreter is a script with an interpreter, and so on"
        default: return ""
        }
    }

    // MARK: - The path

    /// The explanation for a path that cannot be followed to a file.
    private var missing: String {
        var folder = ""
        for part in self.path.split(separator: "/").dropLast() {
            folder += (folder.isEmpty && !self.path.hasPrefix("/") ? "" : "/") + part
            var status = stat()
            guard stat(folder, &status) == 0 else { break }
            if status.st_mode & S_IFMT != S_IFDIR {
                return ", because \(folder) is not a directory"
            }
            if access(folder, X_OK) != 0 {
                return ", because this user may not enter \(folder) (use chmod +x)"
            }
        }
        guard let target = Self.link(self.path) else { return "" }
        return self.errno == ELOOP
            ? ", which is a link that leads to itself"
            : ", which is a link to \(target), which does not exist"
    }

    private static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) {
            target -> String? in
            guard let start = target.baseAddress else { return nil }
            let count = readlink(path, start, target.count)
            guard count >= 0 else { return nil }
            return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    // MARK: - The permissions

    private func forbidden(_ status: stat) -> String {
        let executable = mode_t(S_IXUSR | S_IXGRP | S_IXOTH)
        guard status.st_mode & executable != 0 else {
            return ", which is not executable (use chmod +x)"
        }
        // The flag ST_NOEXEC (statvfs(3)), which requires _GNU_SOURCE in C.
        let noExec: UInt = 8
        var system = statvfs()
        if statvfs(self.path, &system) == 0, system.f_flag & noExec != 0 {
            return ", which is on a file system that is mounted noexec (move the program, or mount "
                + "the file system with exec)"
        }
        guard access(self.path, X_OK) == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            return ", which this user may not execute (mode \(mode), owner \(status.st_uid))"
        }
        guard let interpreter = FileStart(self.path)?.interpreter else { return "" }
        return ", whose interpreter \(interpreter) may not be executed"
    }

    // MARK: - The content

    private var missingInterpreter: String {
        guard let start = FileStart(self.path), let interpreter = start.interpreter else {
            return ", whose ELF loader does not exist (the program was built for another system)"
        }
        if interpreter.hasSuffix("\r") {
            return
                ", whose first line ends with a carriage return, as on Windows (convert the line "
                + "ends, for example with dos2unix)"
        }
        return ", whose interpreter \(interpreter) does not exist (correct its #! line)"
    }

    private func badFormat(isEmpty: Bool) -> String {
        if isEmpty { return ", which is empty" }
        guard let start = FileStart(self.path) else { return "" }
        return ", \(start.reasonForBadFormat)"
    }
}

/// The first bytes of a file, by which the kernel recognizes a program.
private struct FileStart {
    private let bytes: [UInt8]

    /// Reads the start of a file, or returns `nil` if that is not possible.
    init?(_ path: String) {
        guard let file = try? Syscalls.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let outcome = bytes.withUnsafeMutableBytes { Syscalls.read(file, into: $0) }
        guard case .bytes(let count) = outcome else { return nil }
        self.bytes = Array(bytes.prefix(count))
    }

    /// The interpreter in the `#!` line, or `nil` if there is no such line.
    var interpreter: String? {
        guard self.bytes.starts(with: "#!".utf8) else { return nil }
        let line = self.bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return words.first.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A relative clause that says why the kernel does not recognize the format.
    var reasonForBadFormat: String {
        if self.bytes.starts(with: [0x7F] + Array("ELF".utf8)) { return self.otherMachine }
        if self.bytes.starts(with: "MZ".utf8) { return "which is a program for Windows" }
        let mach: [[UInt8]] = [[0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE]]
        if mach.contains(where: { self.bytes.starts(with: $0) }) {
            return "which is a program for macOS or a Java class"
        }
        if self.bytes.starts(with: "#!".utf8) {
            return "whose #! line names no interpreter, or is longer than 255 bytes"
        }
        if self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return "which begins with a byte order mark (remove it, so that #! are the first bytes)"
        }
        if self.bytes.contains(0) {
            return "which is neither a program for this machine nor a script"
        }
        return "which has no #! line (make #!/bin/sh its first line, or run it with: sh FILE)"
    }

    /// The clause for an ELF file, with the machine that it was built for.
    private var otherMachine: String {
        // e_machine is at offset 18 (elf(5)), in the byte order that the sixth byte names.
        guard self.bytes.count > 19 else { return "which is a damaged ELF file" }
        let isLittle = self.bytes[5] == 1
        let (low, high) = (Int(self.bytes[isLittle ? 18 : 19]), Int(self.bytes[isLittle ? 19 : 18]))
        let names = [
            3: "x86 (32 bits)", 8: "MIPS", 20: "PowerPC", 21: "PowerPC (64 bits)", 22: "S/390",
            40: "Arm (32 bits)", 62: "x86-64", 183: "Arm (64 bits)", 243: "RISC-V",
            258: "LoongArch",
        ]
        let number = high << 8 | low
        let machine = names[number] ?? "machine type \(number)"
        var own = utsname()
        uname(&own)
        let ownName = withUnsafeBytes(of: own.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return "which was built for \(machine), or is damaged (this machine is \(ownName))"
    }
}
