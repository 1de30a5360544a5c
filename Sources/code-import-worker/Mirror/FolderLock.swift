// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// A lock on a folder in which git works, which every process of git holds, too.
///
/// The lock of the worker, ``MirrorLock``, ends with the worker. If the worker is killed, the
/// helpers of git may continue for a while and create files. This lock is an flock(2) on the folder
/// itself, whose descriptor git inherits and hands on to its helpers, so the lock lasts as long as
/// one of them runs. It follows the folder when that is renamed.
final class FolderLock {
    /// The descriptor of the folder, for git to inherit.
    let descriptor: Int32
    /// The device and the inode of the folder.
    let folder: stat

    /// Locks a folder, and first ends the processes of git that a killed worker has left in it.
    ///
    /// The caller must hold the ``MirrorLock`` of the mirror. A daemon that git has started to keep
    /// passwords also holds the lock, but does not work in the folder.
    ///
    /// - Throws: ``ImportFailure`` if such a process cannot be ended.
    init(_ path: String) throws(ImportFailure) {
        self.descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        var status = stat()
        guard self.descriptor >= 0, fstat(self.descriptor, &status) == 0 else {
            throw ImportFailure(
                .machineFault,
                "Cannot open the folder \(path): \(errorText(errno))."
            )
        }
        self.folder = status
        // Some network file systems cannot lock a folder (EBADF). The import works without.
        guard flock(self.descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
        let running = GitProcesses.end(in: status)
        guard let first = running.first else {
            _ = flock(self.descriptor, LOCK_EX | LOCK_NB)
            return
        }
        throw ImportFailure(
            .machineFault,
            "Process \(first.pid) (\(first.command)) of a killed import is still working in \(path). "
                + "Try again later."
        )
    }

    deinit { close(self.descriptor) }

    /// Ends the helpers of git that have outlived it.
    func endHelpers() { _ = GitProcesses.end(in: self.folder) }
}
