// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The files of an operator in a damaged mirror, which its successor gets, too.
///
/// These are the settings in the configuration, hooks, and each file and folder that git does not
/// create itself.
enum CarriedFiles {
    private static let ofGit: Set<String> = [
        "HEAD", "config", "objects", "refs", "packed-refs", "shallow", "logs", "info", "reftable",
        "worktrees", "FETCH_HEAD", "ORIG_HEAD", "gc.pid", "gc.log",
        MirrorRepair.markerName,
    ]

    /// Copies the files from the old mirror to the new one.
    ///
    /// A file that cannot be copied is left out.
    static func copy(from old: String, to new: String) {
        let names = self.names(in: old).filter { !self.ofGit.contains($0) }
        // `info/refs` lists refs for servers that do not speak git's protocol.
        let info = self.names(in: "\(old)/info").filter { $0 != "refs" }
        for name in names + info.map({ "info/\($0)" }) where !name.hasSuffix(".lock") {
            let target = "\(new)/\(name)"
            try? FileManager.default.createDirectory(
                atPath: name.hasPrefix("info/") ? "\(new)/info" : new,
                withIntermediateDirectories: true
            )
            guard BytePath(target).status == nil else { continue }
            try? FileManager.default.copyItem(atPath: "\(old)/\(name)", toPath: target)
        }
        self.copyConfig(from: BytePath(old), to: BytePath(new))
    }

    /// Copies the configuration if it is complete and suits the new mirror.
    private static func copyConfig(from old: BytePath, to new: BytePath) {
        guard let bytes = old.appending("config").contents(limit: 1 << 20), !bytes.contains(0),
            MirrorShape.recordsSHA256(old) == MirrorShape.recordsSHA256(new)
        else { return }
        try? replaceFile("config", of: "\(new)", with: bytes)
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
