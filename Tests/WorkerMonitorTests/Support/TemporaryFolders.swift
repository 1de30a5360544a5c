// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A temporary folder with logs, which is removed together with this object.
final class JobLogFolder {
    private let folder: TemporaryFolder
    var path: String { self.folder.path }

    init() throws { self.folder = try TemporaryFolder() }

    func file(_ name: String) -> String { self.path + "/" + name }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: self.file(name))))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try self.bytes(name), as: UTF8.self)
    }

    /// Returns the relative paths of all files and folders, sorted.
    func names() -> [String] {
        (FileManager.default.subpaths(atPath: self.path) ?? []).sorted()
    }

    /// Returns the total length of all files in the folder and its subfolders.
    func length() -> Int64 {
        self.names().reduce(0) { sum, name in
            var status = stat()
            guard lstat(self.file(name), &status) == 0 else { return sum }
            return sum + (status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : 0)
        }
    }

    /// Copies the content to another folder, as a crash at this moment would leave it.
    func snapshot() throws -> JobLogFolder {
        let copy = try JobLogFolder()
        try FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: self.path, toPath: copy.path)
        return copy
    }
}

/// A small file system that is unmounted together with this object.
///
/// The initializer returns `nil` if the process may not mount file systems.
final class SmallDisk {
    let folder: JobLogFolder

    init?(kibibytes: Int) {
        guard geteuid() == 0, let folder = try? JobLogFolder() else { return nil }
        guard mount("none", folder.path, "tmpfs", 0, "size=\(kibibytes)k") == 0 else {
            return nil
        }
        self.folder = folder
    }

    deinit {
        umount2(self.folder.path, Int32(MNT_DETACH))
    }

    /// Whether this process may mount file systems.
    static let canBeMade = SmallDisk(kibibytes: 64) != nil
}
