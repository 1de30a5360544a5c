// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import ProgramSupport
internal import Reactor

extension MirrorFolder {
    /// Looks for a mirror of the source under another name, and renames it to ``path``.
    ///
    /// The name of a mirror once depended on how the URL was written: with a host in capital
    /// letters or with the port of the scheme, the same source had another mirror. Without this
    /// step, the worker would clone the source again and leave the old mirror behind.
    ///
    /// The caller must hold the lock of ``path``.
    func adoptMirror(of source: SourceAddress, _ git: Git) throws(ImportFailure) {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? []
        for entry in entries.sorted() where entry.hasSuffix(".git") {
            let name = String(entry.dropLast(".git".count))
            guard name != self.name, MirrorName.isSimilar(name, to: source.identity) else {
                continue
            }
            let old = MirrorFolder(folder: self.folder, name: name)
            guard try Self.isMirror(old.path, of: source, git) else { continue }
            let lock = try old.lock()
            // The optimizer may release an object after its last use.
            defer { withExtendedLifetime(lock) {} }
            guard rename(old.path, self.path) == 0 else {
                throw ImportFailure(
                    .machineFault,
                    "Cannot rename \(old.path) to \(self.path): \(errorText(errno))."
                )
            }
            git.say("Renamed \(old.path), the mirror of this source, to \(self.path)")
            return
        }
    }

    /// Returns whether the configuration of a mirror names the source.
    private static func isMirror(
        _ path: String,
        of source: SourceAddress,
        _ git: Git
    ) throws(ImportFailure) -> Bool {
        let result = try git.quietly { () throws(ImportFailure) in
            try git.run(["config", "--file", "\(path)/config", "-z", "--get", "remote.origin.url"])
        }
        return result.exit.isSuccess && source.isNamed(result.output.filter { $0 != 0 })
    }
}
