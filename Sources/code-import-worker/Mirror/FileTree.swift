// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A path as a string of bytes, because the name of a file need not be valid UTF-8.
struct BytePath: Hashable, CustomStringConvertible {
    private(set) var bytes: [UInt8]

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// The path for display.
    var description: String { String(decoding: self.bytes, as: UTF8.self) }

    /// Returns the path of an entry of this folder.
    func appending(_ name: [UInt8]) -> BytePath {
        var result = self
        if !result.bytes.isEmpty { result.bytes.append(UInt8(ascii: "/")) }
        result.bytes += name
        return result
    }

    /// Returns the path of an entry of this folder.
    func appending(_ name: String) -> BytePath { self.appending(Array(name.utf8)) }

    /// Calls `body` with the path as a C string.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (self.bytes + [0]).withUnsafeBytes { buffer in
            body(buffer.assumingMemoryBound(to: CChar.self).baseAddress!)
        }
    }

    /// Returns the status of the file, without following a symbolic link, or `nil` if there
    /// is none.
    var status: stat? {
        var status = stat()
        return self.withCString { lstat($0, &status) } == 0 ? status : nil
    }

    /// Returns the first bytes of the file, at most `limit`, or `nil` if it cannot be read.
    func contents(limit: Int) -> [UInt8]? {
        let file = self.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
        guard file >= 0 else { return nil }
        defer { close(file) }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            count = read(file, buffer.baseAddress, limit)
            used = max(0, count)
        }
        return count < 0 ? nil : bytes
    }
}

/// An entry of a folder.
struct FolderEntry {
    let name: [UInt8]
    /// Whether the entry is a folder.
    ///
    /// A symbolic link to a folder is none.
    let isFolder: Bool

    /// Whether the name starts with these characters.
    func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { self.name.starts(with: $0) }
    }

    /// Whether the name ends with these characters and is longer than they are.
    func ends(with text: StaticString) -> Bool {
        text.withUTF8Buffer {
            self.name.count > $0.count && self.name.suffix($0.count).elementsEqual($0)
        }
    }
}

/// Reads and removes folders with all their content.
enum FileTree {
    /// Returns the entries of a folder in the order of the file system, or nothing if the folder
    /// cannot be read.
    static func entries(of folder: BytePath) -> [FolderEntry] {
        guard let stream = folder.withCString(opendir) else { return [] }
        defer { closedir(stream) }
        var result: [FolderEntry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard name != Array(".".utf8), name != Array("..".utf8) else { continue }
            let type = Int(entry.pointee.d_type)
            // Some file systems do not record the type in the folder.
            let isFolder =
                type == Int(DT_UNKNOWN)
                ? folder.appending(name).status.map(Self.isFolder) ?? false : type == Int(DT_DIR)
            result.append(FolderEntry(name: name, isFolder: isFolder))
        }
        return result
    }

    /// Calls `body` for every entry below a folder that is not a folder itself.
    static func forEachFile(below folder: BytePath, _ body: (BytePath, FolderEntry) -> Void) {
        for entry in self.entries(of: folder) {
            let path = folder.appending(entry.name)
            if entry.isFolder { self.forEachFile(below: path, body) } else { body(path, entry) }
        }
    }

    /// Removes a file, or a folder with its content.
    ///
    /// - Returns: The number of bytes that it took on the disk, or `nil` if something is left.
    @discardableResult
    static func remove(_ path: BytePath) -> Int? {
        guard let status = path.status else { return 0 }
        var bytes = Int(status.st_blocks) * 512
        guard self.isFolder(status) else { return path.withCString(unlink) == 0 ? bytes : nil }
        // Entries can be removed only from a folder that this user may write.
        if status.st_mode & 0o700 != 0o700 { _ = path.withCString { chmod($0, 0o700) } }
        for entry in self.entries(of: path) {
            bytes += self.remove(path.appending(entry.name)) ?? 0
        }
        return path.withCString(rmdir) == 0 ? bytes : nil
    }

    private static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
}
