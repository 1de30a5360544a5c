// swift-reactor
// SPDX-License-Identifier: Apache-2.0

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

    private var oldPath: String { "\(self.folder)/.\(self.name).\(getpid()).old" }

    private var lockPath: String { "\(self.folder)/.\(self.name).lock" }

    /// Whether there is a file, a folder or a symbolic link at ``path``.
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
                .machineFault,
                "Cannot create the folder \(error.path): \(errorText(error.errno))."
            )
        }
        return try MirrorLock(self.lockPath, of: self.path)
    }

    /// Renames the complete clone to the mirror.
    func adopt() throws(ImportFailure) {
        guard rename(self.partPath, self.path) == 0 else {
            throw ImportFailure(
                .machineFault,
                "Cannot rename the clone to \(self.path): \(errorText(errno))."
            )
        }
    }

    /// Replaces the mirror by the complete clone, and removes the old mirror.
    ///
    /// If the worker is killed between the two renames, the next run puts the old mirror back.
    func exchange() throws(ImportFailure) {
        guard rename(self.path, self.oldPath) == 0 else {
            throw ImportFailure(.machineFault, "Cannot rename \(self.path): \(errorText(errno)).")
        }
        do throws(ImportFailure) {
            try self.adopt()
        } catch {
            _ = rename(self.oldPath, self.path)
            throw error
        }
        FileTree.remove(BytePath(self.oldPath))
    }

    /// Refuses to replace a symbolic link, whose target would stay.
    func checkIsFolder() throws(ImportFailure) {
        var status = stat()
        guard lstat(self.path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else { return }
        throw ImportFailure(
            .machineFault,
            "\(self.path) is a symbolic link. Remove the link and its target; the next run clones the "
                + "repository again."
        )
    }
}
