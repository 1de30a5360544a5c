// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Mends a damaged mirror: first what can be mended at once, at worst by a new clone.
final class MirrorRepair {
    // A check of a mirror of this size takes a fraction of a second.
    private static let smallSize = 8 << 20
    private static let fewObjects = 5000
    /// The name of the file that records that objects may be lost.
    static let markerName = "check-pending"

    private let mirror: MirrorFolder
    private let address: String
    private let git: Git
    private let report: Report
    private let shape: MirrorShape
    /// What was mended, as clauses for the report.
    private(set) var mended: [String] = []
    /// Whether only a new clone can mend the mirror.
    private(set) var needsClone = false
    /// Whether a file was found whose objects may be lost.
    ///
    /// A file records that until the objects were checked, so that the next run checks them if this
    /// one is killed or cannot clone.
    var suspectsLostObjects = false {
        didSet {
            if self.suspectsLostObjects {
                let file = self.marker.withCString { creat($0, 0o600) }
                if file >= 0 { close(file) }
            } else {
                _ = self.marker.withCString(unlink)
            }
        }
    }

    init(_ mirror: MirrorFolder, _ address: String, _ git: Git, _ report: Report) {
        self.mirror = mirror
        self.address = address
        self.git = git
        self.report = report
        self.shape = MirrorShape(of: BytePath(mirror.path), for: address)
    }

    private var path: BytePath { BytePath(self.mirror.path) }
    private var marker: BytePath { self.path.appending(Self.markerName) }

    /// Mends the damage that shows without reading the whole mirror.
    func mendVisibleDamage() throws(ImportFailure) {
        guard !self.needsClone, self.shape.isRecognizable else { return }
        guard !self.shape.isLost else { return self.giveUp("all objects were missing") }
        self.note(try self.shape.mend())
        self.noteRefs(RefFiles(of: self.path).removeEmpty(), "empty")
        if self.marker.status != nil { self.suspectsLostObjects = true }
        let files = ObjectFiles(of: self.path)
        self.remove(files.unusableCaches, "derived file was damaged", "derived files were damaged")
        if !files.unusable.isEmpty {
            self.suspectsLostObjects = true
            self.remove(files.unusable, "object file was damaged", "object files were damaged")
            try MirrorCare.indexPacks(of: self.path, self.git, self.report)
        }
        let refs = RefFiles(of: self.path)
        if refs.removeDamagedShallowFile() {
            self.note(["the list of shallow commits was damaged"])
            self.suspectsLostObjects = true
        }
        if files.isEmpty, !refs.isEmpty { return self.giveUp("all objects were missing") }
        if self.suspectsLostObjects { try self.check() }
    }

    /// Checks the mirror before git adds to it: a small one completely, of others the tips.
    ///
    /// Otherwise a lost object would stay unnoticed until somebody needs it: git relies on the
    /// objects behind the refs that it has.
    func checkBeforeFetch() throws(ImportFailure) {
        guard try !(self.isSmall ? self.isComplete() : self.hasTips()) else { return }
        var failure = ImportFailure(
            .failure,
            "\(self.mirror.path) is damaged: objects are missing."
        )
        failure.evidence = ["\(self.mirror.path): missing object"]
        throw failure
    }

    /// Mends a mirror that may have caused a failure, and returns whether the import should be
    /// tried again.
    func mend(after failure: ImportFailure) throws(ImportFailure) -> Bool {
        guard failure.interruption == nil, !failure.evidence.isEmpty, !self.needsClone,
            isFolder(self.mirror.path), self.shape.isRecognizable
        else { return false }
        if failure.evidence.contains(where: { $0.contains(DamageEvidence.otherFormat) }) {
            guard RefFiles(of: self.path).isEmpty else { return false }
            self.giveUp("it was empty and had another object format than the source")
            return true
        }
        let isBlamed = failure.evidence.contains { $0.contains(self.mirror.path) }
        let before = self.mended.count
        try self.mendThoroughly(isBlamed: isBlamed)
        if !self.needsClone, self.mended.count == before, isBlamed {
            self.giveUp("git could not use it (\(failure.evidence[0]))")
        }
        return self.needsClone || self.mended.count > before
    }

    /// Returns the failure of a clone that should have replaced the mirror.
    func explain(_ failure: ImportFailure) -> ImportFailure {
        guard self.needsClone, failure.interruption == nil else { return failure }
        var result = ImportFailure(
            failure.exit,
            "The mirror is damaged (\(self.mended.joined(separator: "; "))), and it could not be cloned "
                + "again. \(failure.sentence)",
            retryAfter: failure.retryAfter
        )
        result.evidence = failure.evidence
        return result
    }

    /// The last line about the mended mirror, or `nil` if nothing was mended.
    var summary: String? {
        guard !self.mended.isEmpty else { return nil }
        let clauses = self.mended + (self.needsClone ? ["it was cloned again"] : [])
        return "The mirror was damaged and has been mended: \(clauses.joined(separator: "; "))."
    }

    // MARK: - Steps

    private func mendThoroughly(isBlamed: Bool) throws(ImportFailure) {
        self.report.line("The mirror may be damaged. Checking \(self.mirror.path).")
        let opened = isBlamed ? self.shape.mendPermissions() : 0
        if opened > 0 { self.note(["\(opened) files were not readable"]) }
        let config = try self.git.run(["config", "--file", "\(self.path)/config", "--list"])
        self.note(try self.shape.mend(config: config.exit.code == 128 || config.exit.code == 3))
        self.noteRefs(RefFiles(of: self.path).removeDamaged(), "damaged")
        self.noteRefs(try RefFiles(of: self.path).mendPackedRefs(), "damaged")
        if isBlamed {
            let caches = ObjectFiles(of: self.path).caches
            self.remove(caches, "derived file was dropped", "derived files were dropped")
        }
        try self.check()
    }

    /// Finds out whether all objects are there.
    private func check() throws(ImportFailure) {
        if try self.isComplete() {
            self.suspectsLostObjects = false
        } else {
            self.giveUp("objects were missing or damaged")
        }
    }

    private func isComplete() throws(ImportFailure) -> Bool {
        if self.isSmall {
            // The check of the connections does not read the content of files.
            let reading = try self.git.run(
                ["cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"],
                in: self.mirror.path,
                discardsOutput: true
            )
            let errors = reading.complaints.filter { $0.hasPrefix("error: ") }
            guard reading.exit.isSuccess, errors.isEmpty else { return false }
        }
        let result = try self.git.run(
            ["fsck", "--connectivity-only", "--no-dangling", "--progress"],
            in: self.mirror.path
        )
        guard let code = result.exit.code else {
            try result.check()
            return true
        }
        // 16 and 32 stand for the commit graph and the multi-pack index.
        if code & 48 != 0 {
            let caches = ObjectFiles(of: self.path).caches
            self.remove(caches, "derived file was damaged", "derived files were damaged")
        }
        return code & ~48 == 0 || self.lacksOnlyEmptyTree(result)
    }

    /// Returns whether the empty tree is the only object that fsck has not found.
    ///
    /// Git knows the empty tree without an object, so a server of plain files may not have one.
    private func lacksOnlyEmptyTree(_ result: GitResult) -> Bool {
        let emptyTrees = [
            "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
        ]
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        let errors = result.complaints.filter { $0.hasPrefix("error: ") || $0.hasPrefix("fatal: ") }
        return !lines.isEmpty && errors.isEmpty
            && lines.allSatisfy { line in emptyTrees.contains { line == "missing tree \($0)" } }
    }

    private func hasTips() throws(ImportFailure) -> Bool {
        let result = try self.git.run(
            ["for-each-ref", "--format=%(objecttype)"],
            in: self.mirror.path,
            discardsOutput: true
        )
        return result.exit.isSuccess
    }

    private var isSmall: Bool {
        let files = ObjectFiles(of: self.path)
        return files.bytes < Self.smallSize && files.looseCount < Self.fewObjects
    }

    private func giveUp(_ reason: String) {
        self.needsClone = true
        self.suspectsLostObjects = true
        self.note([reason])
    }

    private func note(_ clauses: [String]) {
        for clause in clauses {
            self.report.line("The mirror is damaged and will be mended: \(clause).")
            self.mended.append(clause)
        }
    }

    private func noteRefs(_ count: Int, _ state: String) {
        guard count > 0 else { return }
        self.note([count == 1 ? "1 ref was \(state)" : "\(count) refs were \(state)"])
    }

    private func remove(_ files: [BytePath], _ one: String, _ many: String) {
        guard !files.isEmpty else { return }
        self.note([files.count == 1 ? "1 \(one) (\(files[0]))" : "\(files.count) \(many)"])
        files.forEach { FileTree.remove($0) }
    }
}
