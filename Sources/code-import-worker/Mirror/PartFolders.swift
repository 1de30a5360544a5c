// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The folders of clones in progress, beside the mirrors.
///
/// Their names are `.NAME.PID.part`, where NAME is that of the mirror and PID the process id of the
/// worker. While a mirror is replaced without an atomic exchange, the old one is `.NAME.PID.old`.
extension MirrorFolder {
    /// Creates the folder of a clone, empty and locked.
    func makePart() throws(ImportFailure) -> FolderLock {
        guard mkdir(self.partPath, 0o777) == 0 else {
            throw ImportFailure(
                .machineFault,
                "Cannot create the folder \(self.partPath): \(errorText(errno))."
            )
        }
        return try FolderLock(self.partPath)
    }

    /// Removes the leftovers of interrupted clones: those of this mirror, and those of other
    /// mirrors that no worker is using.
    ///
    /// A mirror that is never imported again would otherwise keep its leftovers forever. The caller
    /// must hold the lock of the mirror. Otherwise the method may remove a clone in progress.
    ///
    /// - Returns: The number of bytes that are free again.
    func removeLeftovers() throws(ImportFailure) -> Int {
        try self.putBackOldMirror()
        var bytes = 0
        for entry in FileTree.entries(of: BytePath(self.folder)) where entry.starts(with: ".") {
            guard entry.ends(with: ".part") || entry.ends(with: ".old") else { continue }
            let file = String(decoding: entry.name, as: UTF8.self)
            if file.hasPrefix(".\(self.name).") {
                bytes += try self.removeLeftover(file)
            } else {
                bytes += self.removeAbandoned(file)
            }
        }
        return bytes
    }

    /// Puts the old mirror back if the worker was killed while it replaced the mirror.
    private func putBackOldMirror() throws(ImportFailure) {
        guard !self.exists else { return }
        for entry in FileTree.entries(of: BytePath(self.folder)) where entry.ends(with: ".old") {
            let file = String(decoding: entry.name, as: UTF8.self)
            guard file.hasPrefix(".\(self.name).") else { continue }
            guard rename("\(self.folder)/\(file)", self.path) == 0 else {
                throw ImportFailure(
                    .machineFault,
                    "Cannot rename \(self.folder)/\(file) to \(self.path): \(errorText(errno))."
                )
            }
            return
        }
    }

    private func removeLeftover(_ file: String) throws(ImportFailure) -> Int {
        let path = "\(self.folder)/\(file)"
        // Ends the helpers of git that still work in the folder.
        let lock = isFolder(path) ? try FolderLock(path) : nil
        defer { withExtendedLifetime(lock) {} }
        guard let bytes = FileTree.remove(BytePath(path)) else {
            throw ImportFailure(
                .machineFault,
                "Cannot remove \(path), which an interrupted clone has left."
            )
        }
        return bytes
    }

    /// Removes the leftover of another mirror, unless a worker may be using it.
    ///
    /// The folder gets a name of this worker first, so that the other mirror is locked only for
    /// a moment.
    private func removeAbandoned(_ file: String) -> Int {
        let parts = file.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
            .dropLast()
        guard let process = parts.last, process.allSatisfy({ $0.isNumber || $0 == "-" }) else {
            return 0
        }
        let owner = parts.dropLast().joined(separator: ".")
        // An old mirror may be the only one, and belongs to the next import of its source.
        guard !file.hasSuffix(".old") || isFolder("\(self.folder)/\(owner).git") else { return 0 }
        let descriptor = open("\(self.folder)/.\(owner).lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        let own = "\(self.folder)/.\(self.name).\(getpid())-\(process).part"
        var isRenamed = false
        // The lock of the folder ends the helpers of git that still work in it.
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            (try? FolderLock("\(self.folder)/\(file)")) != nil
        {
            isRenamed = rename("\(self.folder)/\(file)", own) == 0
        }
        close(descriptor)
        return isRenamed ? FileTree.remove(BytePath(own)) ?? 0 : 0
    }
}
