// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// Imports one Git repository into its mirror.
struct GitImport {
    private let source: SourceAddress
    private let mirror: MirrorFolder
    private let git: Git
    private let care: MirrorCare
    private let report: Report

    private init(
        _ source: SourceAddress,
        into mirror: MirrorFolder,
        _ report: Report
    ) {
        self.source = source
        self.mirror = mirror
        self.report = report
        let own = ChildEnvironment.inherit.resolved()
        self.git = Git(
            environment: GitEnvironment.variables(from: own, for: source),
            report: report
        )
        self.care = MirrorCare(mirror, self.git, report)
    }

    /// Imports a repository, reports the progress and the result, and returns the exit code.
    static func run(url: String, into folder: String) -> ProgramExitCode {
        var report = Report()
        do throws(ImportFailure) {
            let here = try self.currentFolder()
            let source = try SourceAddress(url, relativeTo: here)
            report = Report(mask: SecretMask(secrets: source.secrets))
            let mirror = MirrorFolder(
                folder: SourceAddress.absolute(folder, in: here),
                name: MirrorName.of(source.address)
            )
            let outcome = try GitImport(source, into: mirror, report).run()
            report.line(outcome.summary)
            return outcome.exit
        } catch {
            report.line("Failed: \(error.sentence)")
            if let signal = error.interruption { Interruption.endProgram(with: signal) }
            return error.exit
        }
    }

    private func run() throws(ImportFailure) -> ImportOutcome {
        let lock = try self.mirror.lock()
        // The lock must last until the end, but the optimizer may release an object after its
        // last use.
        defer { withExtendedLifetime(lock) {} }
        // The address in the configuration of the mirror has the query of the URL.
        if !self.source.secrets.isEmpty, let notice = closeToOthers("\(self.mirror.path)/config") {
            self.report.line("Warning: \(notice)")
        }
        do throws(ImportFailure) {
            try self.care.prepare()
            return self.mirror.exists ? try self.fetch() : try self.clone()
        } catch {
            self.care.cleanUp()
            throw error
        }
    }

    // MARK: - Clone

    private func clone() throws(ImportFailure) -> ImportOutcome {
        self.report.line("Cloning \(self.source.address) into \(self.mirror.path)")
        let part = self.mirror.partPath
        try self.care.prepareClone()
        // --no-local: git would otherwise hard-link the objects of a local repository without
        // checking them. --template=: the hooks of a template would run in every mirror.
        let result = try self.git.run([
            "clone", "--mirror", "--no-local", "--template=", "--progress", "--",
            self.source.address, part,
        ])
        try result.check()
        let made = try self.snapshot(of: part)
        try self.mirror.adopt()
        return .cloned(made.changes(since: RefSnapshot(head: made.head)))
    }

    // MARK: - Fetch

    private func fetch() throws(ImportFailure) -> ImportOutcome {
        try self.checkMirror()
        let before = try self.snapshot(of: self.mirror.path)
        self.report.line("Fetching \(self.source.address) into \(self.mirror.path)")
        let wanted = try self.refsOfSource().following(before.head)
        try self.checkComparable(wanted, before)
        guard wanted != before else { return .fetched([]) }
        self.care.willFetch()
        try self.fetchRefs()
        try self.setHead(wanted.head, insteadOf: before.head)
        let after = try self.snapshot(of: self.mirror.path)
        self.tidyUp()
        return .fetched(after.changes(since: before))
    }

    /// Checks that the folder is a mirror, and belongs to this source.
    private func checkMirror() throws(ImportFailure) {
        let path = self.mirror.path
        let result = try self.git.run(["config", "--get", "remote.origin.url"], in: path)
        guard result.exit.isSuccess else {
            throw self.damage("it is not the mirror of a repository")
        }
        // Swift strings would be equal if they differed only in their Unicode normalization.
        guard result.line.elementsEqual(self.source.address.utf8) else {
            let origin = String(decoding: result.line, as: UTF8.self)
            throw ImportFailure(
                .failure,
                "\(path) is the mirror of \(origin). Use another folder for this source."
            )
        }
    }

    private func damage(_ symptom: String) -> ImportFailure {
        ImportFailure(
            .failure,
            "\(self.mirror.path) is damaged: \(symptom). Move it away; the next run clones the repository "
                + "again."
        )
    }

    private func refsOfSource() throws(ImportFailure) -> RefSnapshot {
        let result = try self.git.run(
            ["ls-remote", "--symref", "--", self.source.address],
            in: self.mirror.path
        )
        try result.check()
        return RefSnapshot(lsRemote: result.output)
    }

    /// Refuses a source that has lost all refs or changed its object format.
    ///
    /// Otherwise git would delete all refs of the mirror.
    private func checkComparable(
        _ source: RefSnapshot,
        _ mirror: RefSnapshot
    ) throws(ImportFailure) {
        guard let old = mirror.idLength else { return }
        guard let new = source.idLength else {
            throw ImportFailure(
                .remoteBroken,
                "The source no longer has any refs. The mirror keeps its \(mirror.refs.count). "
                    + "If the source is meant to be empty, remove \(self.mirror.path)."
            )
        }
        guard old == new else {
            throw ImportFailure(
                .unsupportedFeature,
                "The source now uses another object format than the mirror. "
                    + "Move \(self.mirror.path) away; the next run clones the repository again."
            )
        }
    }

    private func fetchRefs() throws(ImportFailure) {
        let result = try self.git.run(
            [
                "fetch", "--prune", "--no-tags", "--no-write-fetch-head", "--update-shallow",
                "--progress", "--", self.source.address, "+refs/*:refs/*",
            ],
            in: self.mirror.path
        )
        try result.check()
    }

    // The worker sets HEAD itself, because git fetch never changes HEAD.
    private func setHead(
        _ head: RefSnapshot.Head?,
        insteadOf old: RefSnapshot.Head?
    ) throws(ImportFailure) {
        guard let head, head != old else { return }
        switch head {
        case .ref(let name):
            // An argument of a process is a Swift string here, so it cannot hold any other name.
            guard let text = name.text else { return try self.mirror.setHead(name) }
            try self.git.run(["symbolic-ref", "HEAD", text], in: self.mirror.path).check()
        case .detached(let id):
            try self.git.run(["update-ref", "--no-deref", "HEAD", id], in: self.mirror.path).check()
        }
    }

    private func snapshot(of mirror: String) throws(ImportFailure) -> RefSnapshot {
        let refs = try self.git.run(
            ["for-each-ref", "--format=%(objectname) %(refname)"],
            in: mirror
        )
        // for-each-ref skips a broken ref with a warning. A later fetch would fail because of that
        // ref, with an error message that points to the source.
        guard refs.exit.isSuccess, !refs.complaints.contains(where: { $0.contains("broken ref") })
        else { throw self.damage("its refs cannot be read") }
        let head = try self.git.run(["symbolic-ref", "-q", "HEAD"], in: mirror)
        if head.exit.isSuccess {
            return RefSnapshot(forEachRef: refs.output, head: .ref(RefName(head.line)))
        }
        let id = try self.git.run(["rev-parse", "--verify", "-q", "HEAD"], in: mirror)
        guard id.exit.isSuccess else { throw self.damage("its HEAD cannot be read") }
        return RefSnapshot(
            forEachRef: refs.output,
            head: .detached(String(decoding: id.line, as: UTF8.self))
        )
    }

    /// Packs the mirror if git considers it necessary.
    private func tidyUp() {
        let result = try? self.git.run(["gc", "--auto"], in: self.mirror.path)
        if result?.exit.isSuccess != true {
            self.report.line(
                "Warning: git gc failed. The mirror is complete, but may be larger than necessary."
            )
        }
    }

    private static func currentFolder() throws(ImportFailure) -> String {
        guard let path = getcwd(nil, 0) else {
            throw ImportFailure(
                .failure,
                "Cannot determine the current folder: \(errorText(errno))."
            )
        }
        defer { free(path) }
        return String(cString: path)
    }
}
