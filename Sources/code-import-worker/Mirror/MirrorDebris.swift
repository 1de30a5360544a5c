// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The files that a killed git leaves in a mirror.
///
/// Git creates each lock and each temporary file under a name of its own, and removes it at the
/// end or from a signal handler. After SIGKILL and after a power loss they stay. A lock makes each
/// later command fail, and git itself removes temporary files only after two weeks, if ever.
enum MirrorDebris {
    /// Returns the paths of the debris in a mirror, without that among the packs.
    static func find(in mirror: BytePath) -> [BytePath] {
        var found: [BytePath] = []
        for entry in FileTree.entries(of: mirror) where !entry.isFolder {
            if self.isDebrisOfMirror(entry) { found.append(mirror.appending(entry.name)) }
        }
        for folder in ["refs", "logs", "info", "worktrees", "reftable"] {
            FileTree.forEachFile(below: mirror.appending(folder)) { path, entry in
                let isList = folder == "info" && entry.starts(with: "refs_")
                if entry.ends(with: ".lock") || isList { found.append(path) }
            }
        }
        return found + self.findAmongObjects(mirror.appending("objects"))
    }

    /// The entries of the mirror's own folder.
    ///
    /// `gc.pid` makes `git gc` refuse to start for twelve hours, and `gc.log` makes `git gc --auto`
    /// do nothing for a day.
    private static func isDebrisOfMirror(_ entry: FolderEntry) -> Bool {
        let names = ["packed-refs.new", "gc.pid", "gc.log"]
        return entry.ends(with: ".lock") || names.contains { entry.name.elementsEqual($0.utf8) }
            || entry.starts(with: "shallow_")
    }

    private static func findAmongObjects(_ objects: BytePath) -> [BytePath] {
        var found: [BytePath] = []
        for entry in FileTree.entries(of: objects) {
            let path = objects.appending(entry.name)
            if self.isDebrisOfObjects(entry) {
                found.append(path)
            } else if entry.isFolder {
                found += self.findInFolderOfObjects(path, named: entry)
            }
        }
        return found
    }

    /// The entries of the folder `objects`: among them the folders in which git keeps new objects
    /// until they are complete.
    private static func isDebrisOfObjects(_ entry: FolderEntry) -> Bool {
        entry.starts(with: "tmp_") || entry.starts(with: "incoming-")
            || entry.starts(with: "bulk_fsync_") || entry.starts(with: "bitmap-ref-tips_")
            || (!entry.isFolder && entry.ends(with: ".lock"))
    }

    private static func findInFolderOfObjects(
        _ folder: BytePath,
        named parent: FolderEntry
    ) -> [BytePath] {
        FileTree.entries(of: folder).flatMap { entry -> [BytePath] in
            let path = folder.appending(entry.name)
            if self.isTemporary(entry) { return [path] }
            // The folders commit-graphs, multi-pack-index.d and the like hold files of one kind.
            return entry.isFolder && parent.name.count > 2
                ? self.findInFolderOfObjects(path, named: entry) : []
        }
    }

    /// `.temp` and `.prev` belong to transfers over HTTP without the protocol of git.
    private static func isTemporary(_ entry: FolderEntry) -> Bool {
        entry.starts(with: "tmp_") || entry.starts(with: ".tmp-") || entry.starts(with: "packs_")
            || entry.ends(with: ".lock") || entry.ends(with: ".temp") || entry.ends(with: ".prev")
    }
}
