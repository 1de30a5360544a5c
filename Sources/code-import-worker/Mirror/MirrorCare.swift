// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Keeps a mirror usable: removes what killed and failed imports leave behind, and mends damage.
final class MirrorCare {
    let repair: MirrorRepair
    private let mirror: MirrorFolder
    private let git: Git
    private let report: Report
    /// The state before git started to fetch, or `nil` if no fetch has started.
    private var before: (refs: RefsStamp, objects: ObjectInventory)?

    init(_ mirror: MirrorFolder, of address: String, _ git: Git, _ report: Report) {
        self.repair = MirrorRepair(mirror, address, git, report)
        self.mirror = mirror
        self.git = git
        self.report = report
    }

    private var path: BytePath { BytePath(self.mirror.path) }

    /// Removes the leftovers of killed imports, and locks and mends the mirror if it exists.
    func prepare() throws(ImportFailure) {
        let bytes = try self.mirror.removeLeftovers()
        if bytes > 0 {
            self.report.line("Removed the files of a killed clone (\(Self.size(bytes))).")
        }
        guard isFolder(self.mirror.path) else { return }
        self.git.workFolder = try FolderLock(self.mirror.path)
        try self.removeDebris()
        try self.repair.mendVisibleDamage()
    }

    /// Creates and locks the folder of a clone.
    func prepareClone() throws(ImportFailure) {
        self.git.workFolder = try self.mirror.makePart()
    }

    /// Checks the mirror, and records its state, so that a failed fetch can be undone.
    func willFetch() throws(ImportFailure) {
        try self.repair.checkBeforeFetch()
        self.before = (RefsStamp(of: self.path), ObjectInventory(of: self.path))
    }

    /// Removes the files that a failed import has left, so that the disk has as much space
    /// as before.
    func cleanUp() {
        self.git.workFolder?.endHelpers()
        self.git.workFolder = nil
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

    /// Removes the files that a failed or ended `git gc` has left.
    ///
    /// All objects stay, because the refs of the mirror may refer to them.
    func removeDebrisOfHousekeeping() {
        self.git.workFolder?.endHelpers()
        let packs = PackFiles(of: self.path)
        (MirrorDebris.find(in: self.path) + packs.withoutPack).forEach { FileTree.remove($0) }
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
        if packs.withoutPack.contains(where: { $0.bytes.suffix(4).elementsEqual(".idx".utf8) }) {
            self.repair.suspectsLostObjects = true
        }
        var bytes = debris.reduce(0) { $0 + (FileTree.remove($1) ?? 0) }
        bytes += try Self.indexPacks(of: self.path, self.git, self.report)
        let count = debris.count
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

    /// Gives each pack an index that has none, and removes the packs that are not complete.
    ///
    /// Without an index git neither uses a pack nor removes it.
    ///
    /// - Returns: The number of bytes that are free again.
    @discardableResult
    static func indexPacks(
        of mirror: BytePath,
        _ git: Git,
        _ report: Report
    ) throws(ImportFailure) -> Int {
        let packs = PackFiles(of: mirror)
        var bytes = 0
        for name in packs.withoutIndex {
            let pack = packs.path(name, "pack")
            report.line("The pack \(pack) has no index. Creating it.")
            let result = try git.run(
                ["index-pack", "-v", "--index-version=2", pack.description],
                in: "\(mirror)"
            )
            if result.exit.isSuccess { continue }
            report.line("The pack is not complete. Removing it.")
            bytes += packs.paths(of: name).reduce(0) { $0 + (FileTree.remove($1) ?? 0) }
        }
        return bytes
    }

    /// Returns a number of bytes for people.
    private static func size(_ bytes: Int) -> String {
        bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
