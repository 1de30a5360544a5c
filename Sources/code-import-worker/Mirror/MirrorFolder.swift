// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The location of a mirror and of the worker's own files in the same folder.
struct MirrorFolder {
    /// The absolute path of the folder of all mirrors.
    let folder: String
    /// The name of the mirror, without `.git`.
    let name: String

    /// The path of the mirror.
    var path: String { "\(self.folder)/\(self.name).git" }

    /// The path of a clone in progress, which is renamed to ``path`` when it is complete.
    var partPath: String { "\(self.folder)/.\(self.name).\(getpid()).part" }

    private var lockPath: String { "\(self.folder)/.\(self.name).lock" }

    /// Whether a file or folder exists at ``path``.
    var exists: Bool {
        var status = stat()
        return lstat(self.path, &status) == 0
    }

    /// Creates the folder if it is missing, and locks the mirror.
    func lock() throws(ImportFailure) -> MirrorLock {
        do {
            try makeFolder(self.folder)
        } catch {
            throw ImportFailure(
                .failure,
                "Cannot create the folder \(error.path): \(errorText(error.errno))."
            )
        }
        return try MirrorLock(self.lockPath, of: self.path)
    }

    /// Removes the leftovers of interrupted clones.
    ///
    /// The caller must hold the lock. Otherwise the method may remove a clone in progress.
    func removeLeftovers() throws(ImportFailure) {
        for entry in self.entries(of: self.folder)
        where entry.hasPrefix(".\(self.name).") && entry.hasSuffix(".part") {
            do {
                try FileManager.default.removeItem(atPath: "\(self.folder)/\(entry)")
            } catch {
                throw ImportFailure(
                    .failure,
                    "Cannot remove \(self.folder)/\(entry), which an interrupted clone has left."
                )
            }
        }
    }

    /// Removes the lock files and the partial packs that a killed git has left in the mirror.
    ///
    /// A lock file that stays makes every later fetch fail. The caller must hold the lock of the
    /// mirror, so that no other worker's git is using these files.
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

    /// Renames the complete clone to the mirror.
    func adopt() throws(ImportFailure) {
        guard rename(self.partPath, self.path) == 0 else {
            throw ImportFailure(
                .failure,
                "Cannot rename the clone to \(self.path): \(errorText(errno))."
            )
        }
    }

    /// Makes HEAD point to a ref whose name is not valid UTF-8.
    ///
    /// Writes the file as git does: under the name of its lock file, which is then renamed.
    func setHead(_ name: RefName) throws(ImportFailure) {
        let lock = "\(self.path)/HEAD.lock"
        let file = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        var code = file < 0 ? errno : 0
        if file >= 0 {
            let content = Array("ref: ".utf8) + name.bytes + Array("\n".utf8)
            code = content.withUnsafeBytes { writeAll($0, to: file) }
            if code == 0, fsync(file) != 0 { code = errno }
            close(file)
            if code == 0, rename(lock, "\(self.path)/HEAD") != 0 { code = errno }
            if code != 0 { unlink(lock) }
        }
        guard code != 0 else { return }
        throw ImportFailure(.failure, "Cannot write \(self.path)/HEAD: \(errorText(code)).")
    }

    private func entries(of folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
