// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Where a mirror is, and what lies around it.
struct MirrorFolder {
    /// The folder with all mirrors; absolute.
    let folder: String
    /// The mirror's name, without `.git`.
    let name: String

    /// The mirror.
    var path: String { "\(self.folder)/\(self.name).git" }

    /// Where a clone is made; becomes ``path`` once it is whole.
    var partPath: String { "\(self.folder)/.\(self.name).\(getpid()).part" }

    private var lockPath: String { "\(self.folder)/.\(self.name).lock" }

    /// Whether there is anything where the mirror belongs.
    var exists: Bool {
        var status = stat()
        return lstat(self.path, &status) == 0
    }

    /// Makes the folder if it is missing, and takes the mirror's lock.
    func lock() throws(ImportFailure) -> MirrorLock {
        do {
            try makeFolder(self.folder)
        } catch {
            throw ImportFailure(
                .failure,
                "The folder \(error.path) cannot be created: \(errorText(error.errno))."
            )
        }
        return try MirrorLock(self.lockPath, of: self.path)
    }

    /// Removes what interrupted clones have left.
    ///
    /// Call it with the lock held, or it may be a clone in the making.
    func removeLeftovers() throws(ImportFailure) {
        for entry in self.entries(of: self.folder)
        where entry.hasPrefix(".\(self.name).") && entry.hasSuffix(".part") {
            do {
                try FileManager.default.removeItem(atPath: "\(self.folder)/\(entry)")
            } catch {
                throw ImportFailure(
                    .failure,
                    "\(self.folder)/\(entry), which an interrupted clone has left, cannot be removed."
                )
            }
        }
    }

    /// Removes the locks and the parts of packs that a killed git has left in the mirror.
    ///
    /// With a lock left no fetch would ever succeed again. Call it with our own lock held: nobody
    /// else's git works on a mirror.
    func removeStaleGitFiles() {
        let refs = try? FileManager.default.subpathsOfDirectory(atPath: "\(self.path)/refs")
        var stale = (refs ?? []).map { "refs/\($0)" }
        stale += self.entries(of: self.path)
        stale += self.entries(of: "\(self.path)/objects/info").map { "objects/info/\($0)" }
        stale = stale.filter { $0.hasSuffix(".lock") }
        stale += self.entries(of: "\(self.path)/objects/pack")
            .filter { $0.hasPrefix("tmp_") || $0.hasPrefix(".tmp-") }
            .map { "objects/pack/\($0)" }
        for name in stale { unlink("\(self.path)/\(name)") }
    }

    /// Makes the clone the mirror.
    func adopt() throws(ImportFailure) {
        guard rename(self.partPath, self.path) == 0 else {
            throw ImportFailure(
                .failure,
                "The clone cannot be renamed to \(self.path): \(errorText(errno))."
            )
        }
    }

    private func entries(of folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
