// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The files of a mirror's objects that git cannot use, found without reading them completely.
///
/// After a power loss, a file that was written shortly before is often empty, cut off, or full of
/// zeros. Git trusts its existence: it does not fetch such an object again, and fails when it
/// needs it, perhaps much later.
struct ObjectFiles {
    /// The files whose objects are lost.
    private(set) var unusable: [BytePath] = []
    /// The files that git derives from others and can do without.
    private(set) var unusableCaches: [BytePath] = []
    /// All files that git derives from others and can do without.
    private(set) var caches: [BytePath] = []
    /// The size of all objects, and the number of those that are in no pack.
    private(set) var bytes = 0
    private(set) var looseCount = 0

    /// Whether the mirror has no object at all.
    var isEmpty: Bool { self.bytes == 0 && self.looseCount == 0 }

    init(of mirror: BytePath) {
        let objects = mirror.appending("objects")
        for entry in FileTree.entries(of: objects) where entry.isFolder && entry.name.count == 2 {
            self.readLooseObjects(objects.appending(entry.name))
        }
        let info = objects.appending("info")
        self.readCache(info.appending("commit-graph"), signature: "CGPH", header: 8)
        for entry in FileTree.entries(of: info.appending("commit-graphs")) {
            let path = info.appending("commit-graphs").appending(entry.name)
            let isChain = !entry.ends(with: ".graph")
            self.readCache(path, signature: isChain ? "" : "CGPH", header: isChain ? 0 : 8)
        }
        self.readPacks(PackFiles(of: mirror))
    }

    // MARK: - Loose objects

    private mutating func readLooseObjects(_ folder: BytePath) {
        for entry in FileTree.entries(of: folder) where entry.name.count >= 38 {
            let path = folder.appending(entry.name)
            self.looseCount += 1
            self.bytes += path.status.map { Int($0.st_size) } ?? 0
            if !Self.isCompressed(path.contents(limit: 2)) { self.unusable.append(path) }
        }
    }

    /// Whether a file starts as zlib's format demands (RFC 1950).
    private static func isCompressed(_ start: [UInt8]?) -> Bool {
        guard let start, start.count == 2 else { return false }
        return start[0] & 0x8F == 8 && (Int(start[0]) << 8 | Int(start[1])) % 31 == 0
    }

    // MARK: - Packs

    private mutating func readPacks(_ packs: PackFiles) {
        let midx = packs.folder.appending("multi-pack-index")
        self.readCache(midx, signature: "MIDX", header: 12)
        for entry in FileTree.entries(of: packs.folder)
        where entry.starts(with: "multi-pack-index-") {
            self.caches.append(packs.folder.appending(entry.name))
        }
        for (name, extensions) in packs.extensions {
            for (suffix, signature) in [("rev", "RIDX"), ("bitmap", "BITM"), ("mtimes", "MTME")]
            where extensions.contains(suffix) {
                self.readCache(packs.path(name, suffix), signature: signature, header: 0)
            }
            guard extensions.isSuperset(of: ["pack", "idx"]) else { continue }
            let pack = packs.path(name, "pack")
            let index = packs.path(name, "idx")
            self.bytes += pack.status.map { Int($0.st_size) } ?? 0
            if !Self.belongTogether(pack, index, hashLength: name.utf8.count == 69 ? 32 : 20) {
                // Without its index the pack is treated like one that was interrupted: if it is
                // complete, it gets a new index.
                self.unusable.append(index)
            }
        }
    }

    /// Whether the index was made for the pack: it contains the hash at the end of the pack.
    private static func belongTogether(
        _ pack: BytePath,
        _ index: BytePath,
        hashLength: Int
    ) -> Bool {
        guard pack.contents(limit: 4) == Array("PACK".utf8),
            index.contents(limit: 4) == [0xFF, 0x74, 0x4F, 0x63],
            let hash = pack.end(hashLength), let end = index.end(2 * hashLength),
            let size = index.status?.st_size, size >= 1024 + 2 * hashLength
        else { return false }
        return end.prefix(hashLength).elementsEqual(hash)
    }

    // MARK: - Caches

    /// Adds a cache if it exists, and checks its signature and, by its table of contents,
    /// its length.
    private mutating func readCache(_ path: BytePath, signature: String, header: Int) {
        guard let size = path.status?.st_size else { return }
        self.caches.append(path)
        let start = path.contents(limit: 4096) ?? []
        var isUsable = start.count > header && start.starts(with: signature.utf8)
        if isUsable, header > 0 {
            let end = header + Int(start[6]) * 12
            if start.count >= end + 12 {
                let content = start[(end + 4)..<(end + 12)].reduce(0) { $0 &* 256 &+ Int($1) }
                // The hash of the content follows.
                isUsable = Int(size) == content &+ 20 || Int(size) == content &+ 32
            } else {
                isUsable = false
            }
        }
        if !isUsable { self.unusableCaches.append(path) }
    }
}

extension BytePath {
    /// Returns the last bytes of the file, or `nil` if it is shorter.
    fileprivate func end(_ count: Int) -> [UInt8]? {
        let file = self.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) }
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let start = lseek(file, 0, SEEK_END) - off_t(count)
        return start >= 0 && pread(file, &bytes, count, start) == count ? bytes : nil
    }
}
