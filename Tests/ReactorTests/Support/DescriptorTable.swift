// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The calling thread's open file descriptors.
enum DescriptorTable {
    /// What each open descriptor is, as /proc names it: "pipe:[4711]", "anon_inode:[pidfd]".
    ///
    /// A file is named by its number and not by its path: the table may have copies of files of
    /// other tests, which move or delete them meanwhile.
    static func open() -> [Int32: String] {
        guard let folder = opendir("/proc/thread-self/fd") else { return [:] }
        defer { closedir(folder) }
        var found: [Int32: String] = [:]
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let number = Int32(name), number != dirfd(folder) else { continue }
            let kind = Self.link("/proc/thread-self/fd/\(name)")
            found[number] =
                kind.hasPrefix("/") && !kind.hasPrefix("/dev/") ? Self.file(number) : kind
        }
        return found
    }

    /// Gives the calling thread a table of its own, without the pipes, pidfds and so on of other
    /// tests: a copy of a pipe's end here would keep theirs from coming to its end.
    static func makePrivate() {
        // Swift's Glibc does not show unshare, which needs _GNU_SOURCE.
        typealias Unshare = @convention(c) (Int32) -> Int32
        let symbol = dlsym(nil, "unshare")
        precondition(symbol != nil, "glibc has no unshare(2).")
        // The declaration of unshare(2): int unshare(int flags).
        let unshare = unsafeBitCast(symbol, to: Unshare.self)
        let shareFiles: Int32 = 0x400  // CLONE_FILES
        precondition(unshare(shareFiles) == 0, "unshare(2) failed: \(errno)")
        for (number, kind) in Self.open() where number > 2 && Self.isOfATest(kind) { close(number) }
    }

    /// Files stay: the test run itself may have some open to write its events to.
    private static func isOfATest(_ kind: String) -> Bool {
        kind.hasPrefix("pipe:") || kind.hasPrefix("socket:") || kind.hasPrefix("anon_inode:")
            || kind.hasPrefix("pidfd:") || kind.hasPrefix("/dev/pt")
    }

    private static func file(_ number: Int32) -> String {
        var status = stat()
        fstat(number, &status)
        return "file \(status.st_ino) of device \(status.st_dev)"
    }

    private static func link(_ path: String) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            let count = readlink(path, base, buffer.count)
            return String(
                decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)),
                as: UTF8.self
            )
        }
    }
}
