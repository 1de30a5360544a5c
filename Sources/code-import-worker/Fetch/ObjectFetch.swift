// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// Fetches objects from a source into a mirror without changing the refs of the mirror.
struct ObjectFetch {
    /// The number of objects in a request that no server considers too long.
    private static let smallest = 8

    /// The end of a fetch that did not fail.
    enum End {
        case complete(hasTemporaryRefs: Bool)
        /// The source does not offer an object that it has listed, with the id of the object if
        /// the source names it. The refs of the source may have changed in the meantime, and the
        /// failure applies only if they have not.
        case vanished(ImportFailure, id: String?)
    }

    let source: SourceAddress
    let mirror: String
    /// Whether the mirror has no objects yet.
    ///
    /// Git then keeps the pack that it receives, as after `git clone`, even if the pack is small.
    let isNew: Bool
    let git: Git
    let report: Report

    /// Fetches these objects and everything that they refer to.
    ///
    /// The worker asks for ids and not for names. So the mirror gets exactly the refs that the
    /// source has listed, even if the source changes in the meantime, and names never pass
    /// through an argument or a refspec.
    ///
    /// If the server refuses a long request, the worker asks for fewer objects at a time. Temporary
    /// refs then keep what has arrived, so that no object is fetched twice.
    ///
    /// - Throws: ``ImportFailure`` if git fails. The refs of the mirror are as before, apart from
    ///   temporary ones.
    func run(_ ids: [String]) throws(ImportFailure) -> End {
        var rest = ids[...]
        var size = ids.count
        while !rest.isEmpty {
            let batch = rest.prefix(size)
            let result = try self.fetch(batch)
            if result.exit.isSuccess {
                rest = rest.dropFirst(batch.count)
                if batch.count < ids.count { try self.keep(batch) }
            } else if batch.count > Self.smallest, Self.isTooLong(result) {
                size = max(Self.smallest, batch.count / 4)
                self.report.line(
                    "The server has refused a request for \(batch.count) objects. "
                        + "The next one asks for \(size)."
                )
            } else {
                let failure = result.failure
                guard Self.hasVanished(result) else { throw failure }
                return .vanished(failure, id: batch.first { Self.isNamed($0, by: result) })
            }
        }
        return .complete(hasTemporaryRefs: size < ids.count)
    }

    private func fetch(_ ids: ArraySlice<String>) throws(ImportFailure) -> GitResult {
        // The source of a shallow mirror may have got more history.
        let depth = MirrorShape.isShallow(self.mirror) ? ["--unshallow"] : []
        return try self.git.run(
            ["fetch", "--no-tags", "--no-write-fetch-head", "--update-shallow", "--progress"]
                + depth + ["--stdin", "--", self.source.address],
            in: self.mirror,
            settings: self.isNew ? ["fetch.unpackLimit=1"] : [],
            // A list of a hundred thousand ids is too long for arguments.
            input: Self.lines(ids)
        )
    }

    /// Makes a temporary ref for each object.
    private func keep(_ ids: ArraySlice<String>) throws(ImportFailure) {
        let refs = ids.map { "update \(RefSelection.ownPrefix)fetched/\($0) \($0)" }
        try self.git.run(["update-ref", "--stdin"], in: self.mirror, input: Self.lines(refs[...]))
            .check()
    }

    private static func lines(_ lines: ArraySlice<String>) -> [UInt8] {
        Array(lines.joined(separator: "\n").utf8) + [UInt8(ascii: "\n")]
    }

    /// Returns whether the server, or a proxy before it, has refused the request because of
    /// its length.
    ///
    /// Such a server answers with one of three codes, or hangs up before it sends a single object.
    private static func isTooLong(_ result: GitResult) -> Bool {
        let codes = [408, 413, 414].flatMap { ["HTTP \($0)", "returned error: \($0)"] }
        let hangUps = [
            "the remote end hung up unexpectedly", "early EOF", "RPC failed; curl",
            "unexpected disconnect",
        ]
        let texts = result.hasReceivedObjects ? codes : codes + hangUps
        return result.complaints.contains { line in
            !line.hasPrefix("remote: ") && texts.contains { line.contains($0) }
        }
    }

    /// Returns whether a message says that the source does not have this object.
    private static func isNamed(_ id: String, by result: GitResult) -> Bool {
        result.complaints.contains { $0.contains("not our ref \(id)") }
    }

    /// Returns whether the source no longer offers an object that it has listed.
    private static func hasVanished(_ result: GitResult) -> Bool {
        let texts = ["not our ref", "unadvertised object", "Unable to find", "want not valid"]
        return result.complaints.contains { line in texts.contains { line.contains($0) } }
    }
}
