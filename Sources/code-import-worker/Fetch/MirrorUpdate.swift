// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// Makes the refs of a mirror equal to those that its source lists.
///
/// The objects arrive first, and then one step replaces all refs. So a fetch that fails or is
/// interrupted changes no ref, and no ref is deleted before its successors are there.
struct MirrorUpdate {
    /// The number of times that the worker lists a source again that changes all the time.
    private static let mostListings = 10

    let source: SourceAddress
    let selection: RefSelection
    /// The path of the mirror, or of the folder that becomes one.
    let mirror: String
    let isNew: Bool
    let git: Git
    let care: MirrorCare
    let report: Report

    /// Returns the refs that the source has now.
    func list() throws(ImportFailure) -> SourceListing {
        let result = try self.git.run(
            ["ls-remote", "--symref", "--", self.source.address],
            in: self.isNew ? nil : self.mirror
        )
        try result.check()
        return SourceListing(lsRemote: result.output, self.selection)
    }

    /// Fetches what the mirror does not have yet, and replaces its refs and its HEAD.
    ///
    /// - Parameter listing: The refs of the source if the worker has just listed them.
    /// - Returns: The changes, and the refs that the mirror could not get.
    func run(_ listing: SourceListing? = nil) throws(ImportFailure) -> ImportOutcome {
        // If the mirror is damaged, git would blame the source.
        var mirror = try self.read()
        var listing = if let listing { listing } else { try self.list() }
        var missing = MissingObjects()
        for _ in 1..<Self.mostListings {
            switch try self.attempt(listing, mirror, missing) {
            case .done(let outcome): return outcome
            case .vanished(let failure, let id):
                let next = try self.list()
                if next.snapshot == listing.snapshot {
                    guard let id else { throw failure }
                    missing.add(id, failure)
                } else {
                    self.report.line(
                        "The source has changed since it listed its refs. Listing again."
                    )
                    missing = MissingObjects()
                }
                listing = next
                mirror = try self.read()
            }
        }
        if let failure = missing.failure { throw failure }
        throw ImportFailure(
            .temporaryFailure,
            "The source has changed \(Self.mostListings) times while it was imported."
        )
    }

    private enum Attempt {
        case done(ImportOutcome)
        case vanished(ImportFailure, id: String?)
    }

    private func attempt(
        _ listing: SourceListing,
        _ mirror: MirrorRefs,
        _ missing: MissingObjects
    ) throws(ImportFailure) -> Attempt {
        if let line = listing.leftOutSummary(self.selection) { self.report.line(line) }
        var mirror = mirror
        try self.checkComparable(listing, mirror)
        let wanted = listing.snapshot.following(self.isNew ? nil : mirror.snapshot.head)
        let isShallow = !self.isNew && MirrorShape.isShallow(self.mirror)
        guard wanted != mirror.snapshot || mirror.hasFetchedTips || isShallow else {
            return .done(.fetched([]))
        }
        var plan = RefPlan(wanted, old: mirror.snapshot, kept: mirror.kept)
        try missing.refuse(in: &plan)
        let ids = isShallow ? plan.ids(unchangedOf: wanted) : plan.ids
        let fetch = ObjectFetch(
            source: self.source,
            mirror: self.mirror,
            isNew: self.isNew,
            git: self.git,
            report: self.report
        )
        if !self.isNew, !ids.isEmpty { try self.care.willFetch() }
        switch try fetch.run(ids) {
        case .vanished(let failure, let id): return .vanished(failure, id: id)
        case .complete(let hasTemporaryRefs):
            if hasTemporaryRefs { mirror = try self.read() }
        }
        try self.apply(&plan, to: mirror)
        let changes = plan.changes
        guard self.isNew else { return .done(.fetched(changes, refused: plan.refused)) }
        // The target of HEAD is no change of a new mirror.
        return .done(.cloned(changes.filter { $0.name != .head }, refused: plan.refused))
    }

    private func read() throws(ImportFailure) -> MirrorRefs {
        if MirrorRefs.isReftable(self.mirror) {
            self.report.line("Converting the refs of \(self.mirror) to files.")
            try self.git.run(["refs", "migrate", "--ref-format=files"], in: self.mirror).check()
        }
        do throws(MirrorRefsError) {
            let refs = try MirrorRefs(of: self.mirror, self.selection)
            guard let name = refs.broken.first else { return refs }
            throw MirrorRefsError.damaged(name.description)
        } catch {
            throw error.failure(of: self.mirror)
        }
    }

    /// Refuses a source that has lost all refs or changed its object format.
    ///
    /// Otherwise all refs of the mirror would be deleted.
    private func checkComparable(
        _ source: SourceListing,
        _ mirror: MirrorRefs
    ) throws(ImportFailure) {
        guard let old = mirror.snapshot.refs.idLength else {
            return try self.checkFormat(of: source)
        }
        let count = mirror.snapshot.refs.count
        guard let new = source.snapshot.refs.idLength else {
            let reason =
                source.total == 0
                ? "The source no longer has any refs."
                : "The source has \(source.total) refs, but none that the import selects."
            throw ImportFailure(
                .remoteBroken,
                "\(reason) The mirror keeps its \(count). "
                    + "If the source is meant to be empty, remove \(self.mirror)."
            )
        }
        guard old == new else {
            throw ImportFailure(
                .unsupportedFeature,
                "The source now uses another object format than the mirror. "
                    + "Move \(self.mirror) away; the next run clones the repository again."
            )
        }
    }

    /// Refuses a source whose object format is not that of an empty mirror.
    ///
    /// The source was empty, too, when the mirror was made. The mirror is then made again.
    private func checkFormat(of source: SourceListing) throws(ImportFailure) {
        guard !self.isNew, let length = source.snapshot.refs.idLength else { return }
        let format = length == PackedRefs.longestID
        guard format != MirrorShape.recordsSHA256(BytePath(self.mirror)) else { return }
        var failure = ImportFailure(
            .unsupportedFeature,
            "The source uses another object format than the mirror."
        )
        failure.evidence = [DamageEvidence.otherFormat]
        throw failure
    }

    /// Replaces the refs and HEAD of the mirror, whose objects are there now.
    private func apply(_ plan: inout RefPlan, to mirror: MirrorRefs) throws(ImportFailure) {
        guard !plan.changes.isEmpty || mirror.hasFetchedTips else { return }
        let commit = plan.newHead?.commit
        var ids = commit.map { [$0] } ?? []
        let replacesRefs = plan.changesRefs || mirror.hasFetchedTips
        if replacesRefs { ids += mirror.unknownIDs(in: plan.result) }
        let objects = try ObjectTypes(of: ids, in: self.mirror, self.git)
        plan.refuse { change in
            let id = change.name == .head ? commit : change.after
            return id.flatMap { objects.complaint(about: change.name, id: $0) }
        }
        if plan.changesRefs || mirror.hasFetchedTips {
            try mirror.replace(with: plan.result, in: self.mirror, tags: objects.tags)
        }
        switch plan.newHead {
        case .ref(let name):
            let content = Array("ref: ".utf8) + name.bytes + [UInt8(ascii: "\n")]
            try replaceFile("HEAD", of: self.mirror, with: content)
        case .detached(let id):
            try replaceFile("HEAD", of: self.mirror, with: Array("\(id)\n".utf8))
        case nil: break
        }
    }
}

/// The objects that a source lists and does not have.
struct MissingObjects {
    private var failures: [String: ImportFailure] = [:]

    /// The failure that the source caused, or `nil` if all objects are there as far as is known.
    var failure: ImportFailure? { self.failures.values.first }

    mutating func add(_ id: String, _ failure: ImportFailure) { self.failures[id] = failure }

    /// Leaves out the refs whose objects are missing, so that all others can move.
    ///
    /// - Throws: ``ImportFailure`` if no other ref changes: the source is broken, and an import
    ///   that ended as a success each time would hide that.
    func refuse(in plan: inout RefPlan) throws(ImportFailure) {
        guard !plan.changes.isEmpty else { return }
        var broken: RefName?
        plan.refuse { change in
            guard let id = change.after,
                self.failures[id] != nil || id.utf8.allSatisfy({ $0 == 48 })
            else { return nil }
            broken = change.name
            return "the source does not have its object"
        }
        guard let broken, !plan.changesRefs else { return }
        throw self.failure
            ?? ImportFailure(.remoteBroken, "The source has no object for the ref \(broken).")
    }
}
