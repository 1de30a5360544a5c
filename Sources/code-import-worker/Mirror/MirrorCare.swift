// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Removes what killed and failed imports leave behind.
final class MirrorCare {
    private let mirror: MirrorFolder
    private let git: Git
    private let report: Report
    /// The state before git started to fetch, or `nil` if no fetch has started.
    private var before: (refs: RefsStamp, objects: ObjectInventory)?

    init(_ mirror: MirrorFolder, _ git: Git, _ report: Report) {
        self.mirror = mirror
        self.git = git
        self.report = report
    }

    private var path: BytePath { BytePath(self.mirror.path) }

    /// Removes the leftovers of killed imports, and locks the mirror if it exists.
    func prepare() throws(ImportFailure) {
        let bytes = try self.mirror.removeLeftovers()
        if bytes > 0 {
            self.report.line("Removed the files of a killed clone (\(Self.size(bytes))).")
        }
        guard isFolder(self.mirror.path) else { return }
        self.git.workFolder = try FolderLock(self.mirror.path)
        try self.removeDebris()
    }

    /// Creates and locks the folder of a clone.
    func prepareClone() throws(ImportFailure) {
        self.git.workFolder = try self.mirror.makePart()
    }

    /// Records the state of the mirror, so that a failed fetch can be undone.
    func willFetch() {
        self.before = (RefsStamp(of: self.path), ObjectInventory(of: self.path))
    }

    /// Removes the files that a failed import has left, so that the disk has as much space
    /// as before.
    func cleanUp() {
        self.git.workFolder?.endHelpers()
        FileTree.remove(BytePath(self.mirror.partPath))
        guard let before, isFolder(self.mirror.path) else { return }
        MirrorDebris.find(in: self.path).forEach { FileTree.remove($0) }
        let packs = PackFiles(of: self.path)
        (packs.withoutPack + packs.staleMarkers).forEach { FileTree.remove($0) }
        // New objects may be in use if any ref has moved.
        guard RefsStamp(of: self.path) == before.refs else { return }
        ObjectInventory(of: self.path).files.subtracting(before.objects.files)
            .forEach { FileTree.remove($0) }
        self.removeEmptyFolders()
    }

    private func removeEmptyFolders() {
        let objects = self.path.appending("objects")
        for entry in FileTree.entries(of: objects) where entry.isFolder && entry.name.count == 2 {
            // Fails if the folder is not empty.
            _ = objects.appending(entry.name).withCString(rmdir)
        }
    }

    // MARK: - Debris

    private func removeDebris() throws(ImportFailure) {
        let packs = PackFiles(of: self.path)
        let debris = MirrorDebris.find(in: self.path) + packs.withoutPack + packs.staleMarkers
        let incomplete = packs.withoutIndex
        guard !debris.isEmpty || !incomplete.isEmpty else { return }
        try self.checkNobodyElseWrites()
        var bytes = debris.reduce(0) { $0 + (FileTree.remove($1) ?? 0) }
        var count = debris.count
        for name in incomplete where try !self.index(packs.path(name, "pack")) {
            count += 1
            bytes += packs.paths(of: name).reduce(0) { $0 + (FileTree.remove($1) ?? 0) }
        }
        guard count > 0 else { return }
        let files = count == 1 ? "1 file" : "\(count) files"
        self.report.line("Removed \(files) of a killed git from the mirror (\(Self.size(bytes))).")
    }

    private func checkNobodyElseWrites() throws(ImportFailure) {
        guard let other = GitProcesses.writing(in: self.mirror.path).first else { return }
        throw ImportFailure(
            .machineFault,
            "Process \(other.pid) (\(other.command)) is working on \(self.mirror.path). Try again "
                + "later.",
            retryAfter: MirrorLock.waitForHolder
        )
    }

    /// Creates the index of a pack again, and returns whether the pack is complete.
    ///
    /// Without an index git neither uses the pack nor removes it.
    private func index(_ pack: BytePath) throws(ImportFailure) -> Bool {
        self.report.line("A pack of the mirror has no index. Creating it.")
        let result = try self.git.run(["index-pack", pack.description], in: self.mirror.path)
        return result.exit.isSuccess
    }

    /// Returns a number of bytes for people.
    private static func size(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
