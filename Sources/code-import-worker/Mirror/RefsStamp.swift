// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A digest of the files that hold the refs of a mirror.
///
/// Two equal stamps mean that no ref has moved between them.
struct RefsStamp: Equatable {
    private var digests: [BytePath: Int] = [:]

    init(of mirror: BytePath) {
        self.add(mirror.appending("HEAD"))
        self.add(mirror.appending("packed-refs"))
        for folder in ["refs", "reftable"] {
            FileTree.forEachFile(below: mirror.appending(folder)) { path, _ in self.add(path) }
        }
    }

    private mutating func add(_ path: BytePath) {
        guard let size = path.status?.st_size else { return }
        self.digests[path] = path.contents(limit: Int(size) + 1)?.hashValue ?? -1
    }
}

/// The objects of a mirror at one moment, as the paths of their files.
struct ObjectInventory {
    let files: Set<BytePath>

    init(of mirror: BytePath) {
        var files: Set<BytePath> = []
        for entry in FileTree.entries(of: mirror.appending("objects")) where entry.isFolder {
            guard entry.name.count == 2 || entry.name.elementsEqual("pack".utf8) else { continue }
            let folder = mirror.appending("objects").appending(entry.name)
            for file in FileTree.entries(of: folder) where !file.isFolder {
                files.insert(folder.appending(file.name))
            }
        }
        self.files = files
    }
}
