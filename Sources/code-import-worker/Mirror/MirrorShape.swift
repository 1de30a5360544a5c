// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The files without which a folder is not a repository: HEAD, `config`, `refs` and `objects`.
struct MirrorShape {
    private let mirror: BytePath
    /// The address of the source, which the configuration of the mirror records.
    private let address: String

    init(of mirror: BytePath, for address: String) {
        self.mirror = mirror
        self.address = address
    }

    /// Whether the folder was a mirror.
    ///
    /// A folder with other files is left alone.
    var isRecognizable: Bool {
        let parts = ["HEAD", "config", "objects", "refs", "packed-refs"]
        return self.isEmpty || parts.count { self.mirror.appending($0).status != nil } > 1
    }

    /// Whether nothing is left of the objects, so that only a clone can help.
    var isLost: Bool { !isFolder("\(self.mirror)/objects") }

    private var isEmpty: Bool { FileTree.entries(of: self.mirror).isEmpty }

    /// Restores missing and damaged files, and returns what was mended.
    ///
    /// - Parameter config: Whether to write the configuration again even if it looks complete.
    func mend(config: Bool = false) throws(ImportFailure) -> [String] {
        var mended: [String] = []
        if !isFolder("\(self.mirror)/refs") {
            FileTree.remove(self.mirror.appending("refs"))
            guard mkdir("\(self.mirror)/refs", 0o777) == 0 else {
                throw self.failure("refs", errno)
            }
            mended.append("the folder of the refs was missing")
        }
        let refs = RefFiles(of: self.mirror)
        if !refs.hasHead {
            try refs.replaceHead()
            mended.append("HEAD was missing or damaged")
        }
        if config || !self.hasConfig {
            try replaceFile("config", of: "\(self.mirror)", with: Array(self.config.utf8))
            mended.append("the configuration was missing or damaged")
        }
        return mended
    }

    /// Gives this user access to its own files again, and returns their number.
    func mendPermissions() -> Int {
        var count = Self.open(self.mirror, isFolder: true)
        func visit(_ folder: BytePath) {
            for entry in FileTree.entries(of: folder) {
                let path = folder.appending(entry.name)
                count += Self.open(path, isFolder: entry.isFolder)
                if entry.isFolder { visit(path) }
            }
        }
        visit(self.mirror)
        return count
    }

    private static func open(_ path: BytePath, isFolder: Bool) -> Int {
        let needed: mode_t = isFolder ? 0o500 : 0o400
        guard let status = path.status, status.st_uid == geteuid(),
            status.st_mode & S_IFMT != S_IFLNK, status.st_mode & needed != needed
        else { return 0 }
        return path.withCString { chmod($0, status.st_mode & 0o7777 | needed) } == 0 ? 1 : 0
    }

    // Git itself reads a complete configuration; this check finds one that a power loss
    // has emptied.
    private var hasConfig: Bool {
        guard let bytes = self.mirror.appending("config").contents(limit: 1 << 20) else {
            // A file that exists but cannot be read belongs to another user.
            return self.mirror.appending("config").status != nil
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return !bytes.contains(0) && text.contains("[remote") && text.contains("url")
    }

    private var config: String {
        let quoted = self.address.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : "\($0)" }.joined()
        let (version, format) =
            self.usesSHA256 ? (1, "[extensions]\n\tobjectformat = sha256\n") : (0, "")
        return """
            [core]
            \trepositoryformatversion = \(version)
            \tfilemode = true
            \tbare = true
            \(format)[remote "origin"]
            \turl = "\(quoted)"
            \tfetch = +refs/*:refs/*
            \tmirror = true

            """
    }

    /// Whether history is missing in the mirror, because the source was a shallow clone.
    static func isShallow(_ mirror: String) -> Bool {
        (BytePath(mirror).appending("shallow").status?.st_size ?? 0) > 0
    }

    /// Whether the configuration says that the object ids are those of SHA-256.
    static func recordsSHA256(_ mirror: BytePath) -> Bool {
        let bytes = mirror.appending("config").contents(limit: 1 << 20) ?? []
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return text.split(separator: "\n").contains {
            $0.contains("objectformat") && $0.contains("sha256")
        }
    }

    /// Whether the names of the packs and the ids of the refs have the length of SHA-256.
    private var usesSHA256: Bool {
        if PackFiles(of: self.mirror).extensions.keys.contains(where: { $0.utf8.count == 69 }) {
            return true
        }
        let packed = self.mirror.appending("packed-refs").contents(limit: 1 << 12) ?? []
        let ids = packed.split(separator: UInt8(ascii: "\n")).map { $0.prefix { $0 != 0x20 } }
        if ids.contains(where: { $0.count == 64 }) { return true }
        var isLong = false
        FileTree.forEachFile(below: self.mirror.appending("refs")) { path, _ in
            if let size = path.status?.st_size, (64...65).contains(size) { isLong = true }
        }
        return isLong
    }

    private func failure(_ name: String, _ code: Int32) -> ImportFailure {
        ImportFailure(
            .machineFault,
            "Cannot write \(self.mirror)/\(name): \(errorText(code))."
        )
    }
}
