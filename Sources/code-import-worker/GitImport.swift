// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The options of an import.
struct ImportSettings {
    /// The refs to mirror.
    var selection: RefSelection
    /// The time limit of `git gc` in seconds; 0 leaves it out.
    var housekeepingTimeout = Housekeeping.defaultLimit
    /// How long git may show no sign of life, or `nil` for no limit.
    var stallLimit: Duration?
    /// The rules about the places that a source may lead to, or `nil` if there are none.
    var policy: AccessPolicy?
}

/// Imports one Git repository into its mirror.
struct GitImport {
    private let source: SourceAddress
    private let mirror: MirrorFolder
    private let git: Git
    private let care: MirrorCare
    private let settings: ImportSettings
    private let housekeeping: Housekeeping
    private let report: Report

    private init(
        _ source: SourceAddress,
        into mirror: MirrorFolder,
        _ settings: ImportSettings,
        _ session: GitSession,
        _ report: Report
    ) {
        self.source = source
        self.mirror = mirror
        self.settings = settings
        self.report = report
        self.git = Git(
            session: session,
            patience: GitPatience(
                stallLimit: settings.stallLimit,
                inactivityTimeout: session.variable(WorkerResult.inactivityVariable)
            ),
            report: report
        )
        self.care = MirrorCare(mirror, of: source.address, self.git, report)
        self.housekeeping = Housekeeping(
            of: mirror.path,
            self.git,
            self.care,
            report,
            limit: settings.housekeepingTimeout,
            monitor: session.variable(WorkerResult.inactivityVariable)
        )
    }

    /// Imports a repository, reports the progress and the result, and returns the exit code.
    static func run(
        url: String,
        into folder: String,
        _ settings: ImportSettings
    ) -> ProgramExitCode {
        var report = Report()
        do throws(ImportFailure) {
            let here = try self.currentFolder()
            let own = ChildEnvironment.inherit.resolved()
            let login = own[ImportLogin.variable]
            let source = try SourceAddress(url, relativeTo: here, login: login)
            report = Report(mask: SecretMask(secrets: source.secrets))
            let mirror = MirrorFolder(
                folder: SourceAddress.absolute(folder, in: here),
                name: MirrorName.of(source.identity)
            )
            let session = try GitSession(
                source,
                environment: own,
                access: AccessCheck(policy: settings.policy)
            )
            let outcome = try GitImport(source, into: mirror, settings, session, report).run()
            RefusedRef.warnings(outcome.refused).forEach(report.line)
            report.line(outcome.summary)
            return outcome.exit
        } catch {
            report.line("Failed: \(error.sentence)")
            error.tellMonitor(mask: report.mask)
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
        let outcome = try self.runMending()
        if let summary = self.care.repair.summary { self.report.line(summary) }
        if MirrorShape.isShallow(self.mirror.path) {
            self.report.line(
                "Warning: The source is a shallow clone, so the mirror lacks the older history. "
                    + "An import gets it as soon as the source has it."
            )
        }
        if case .fetched = outcome, !outcome.changes.isEmpty { self.housekeeping.run() }
        return outcome
    }

    /// Imports, and mends the mirror and tries again if a damaged mirror may be the reason of
    /// a failure.
    private func runMending() throws(ImportFailure) -> ImportOutcome {
        var attempts = 0
        while true {
            attempts += 1
            do throws(ImportFailure) {
                return try self.runOnce()
            } catch {
                self.care.cleanUp()
                guard attempts < 3, try self.care.repair.mend(after: error) else {
                    throw self.care.repair.explain(error)
                }
            }
        }
    }

    private func runOnce() throws(ImportFailure) -> ImportOutcome {
        try MirrorAccess.check(self.mirror.path)
        try MirrorAccess.check(source: self.source.address)
        if !self.mirror.exists { try self.mirror.adoptMirror(of: self.source, self.git) }
        try self.care.prepare()
        try self.git.readSettings(of: self.mirror.exists ? self.mirror.path : nil)
        guard self.mirror.exists else { return try self.clone() }
        return self.care.repair.needsClone ? try self.replace() : try self.fetch()
    }

    private func update(of mirror: String, isNew: Bool) -> MirrorUpdate {
        MirrorUpdate(
            source: self.source,
            selection: self.settings.selection,
            mirror: mirror,
            isNew: isNew,
            git: self.git,
            care: self.care,
            report: self.report
        )
    }

    // MARK: - Clone

    /// Makes the mirror in a folder beside its path, and renames that folder in the end.
    private func clone() throws(ImportFailure) -> ImportOutcome {
        self.report.line("Cloning \(self.source.address) into \(self.mirror.path)")
        let outcome = try self.cloneBeside()
        try self.mirror.adopt()
        return outcome
    }

    /// Clones the repository again, and replaces the damaged mirror by the clone.
    private func replace() throws(ImportFailure) -> ImportOutcome {
        self.report.line("Cloning \(self.source.address) again, to replace \(self.mirror.path)")
        try self.mirror.checkIsFolder()
        let before = try? MirrorRefs(of: self.mirror.path, self.settings.selection).snapshot
        let outcome = try self.cloneBeside()
        let made = try? MirrorRefs(of: self.mirror.partPath, self.settings.selection).snapshot
        if outcome == .cloned([]), !RefFiles(of: BytePath(self.mirror.path)).isEmpty {
            throw ImportFailure(
                .remoteBroken,
                "The source no longer has any refs. The mirror stays as it is. If the source "
                    + "is meant to be empty, remove \(self.mirror.path)."
            )
        }
        CarriedFiles.copy(from: self.mirror.path, to: self.mirror.partPath)
        try self.mirror.exchange()
        guard let before, let made else { return outcome }
        return .fetched(made.changes(since: before), refused: outcome.refused)
    }

    /// Makes a mirror in the folder beside the path of the mirror.
    private func cloneBeside() throws(ImportFailure) -> ImportOutcome {
        let update = self.update(of: self.mirror.partPath, isNew: true)
        try self.care.prepareClone()
        let listing = try update.list()
        let isSHA256 = listing.idLength == PackedRefs.longestID
        // If the HEAD of a source does not exist, git clone makes a SHA-1 repository.
        if listing.snapshot.head == nil, !isSHA256 {
            try self.cloneHead()
        } else {
            try self.makeEmptyMirror(idLength: listing.idLength ?? 40)
        }
        return try update.run(listing)
    }

    private func makeEmptyMirror(idLength: Int) throws(ImportFailure) {
        let part = self.mirror.partPath
        let format = idLength == PackedRefs.longestID ? "sha256" : "sha1"
        // --template=: the hooks of a template would run in every mirror.
        let make = ["init", "--quiet", "--bare", "--template=", "--object-format=\(format)"]
        try self.git.run(make + ["--", part]).check()
        let add = ["remote", "add", "--mirror=fetch", "--", "origin", self.source.address]
        try self.git.run(add, in: part).check()
    }

    /// Makes a mirror without refs whose HEAD points to the branch that does not exist yet.
    ///
    /// `git ls-remote` shows neither the HEAD of such a source nor the object format of an empty
    /// one, but `git clone` gets both. Without a HEAD there is no branch that it would fetch.
    private func cloneHead() throws(ImportFailure) {
        let part = self.mirror.partPath
        try self.git.run([
            "clone", "--bare", "--single-branch", "--no-tags", "--no-local", "--template=",
            "--progress", "--", self.source.address, part,
        ])
        .check()
        let fetch = ["config", "remote.origin.fetch", "+refs/*:refs/*"]
        try self.git.run(fetch, in: part).check()
    }

    // MARK: - Fetch

    private func fetch() throws(ImportFailure) -> ImportOutcome {
        try self.checkMirror()
        self.report.line("Fetching \(self.source.address) into \(self.mirror.path)")
        let update = self.update(of: self.mirror.path, isNew: false)
        return try update.run()
    }

    /// Checks that the folder is a mirror, and belongs to this source.
    private func checkMirror() throws(ImportFailure) {
        let path = self.mirror.path
        let session = self.git.session
        let origins = session.settings.origins
        guard let first = origins.first else {
            throw session.mirrorFailure.flatMap { GitComplaint.machineFault(of: $0, except: path) }
                ?? .damage(of: path, "it is not the mirror of a repository")
        }
        guard origins.contains(where: self.source.isNamed) else {
            let origin = String(decoding: first, as: UTF8.self)
            throw ImportFailure(
                .machineFault,
                "\(path) is the mirror of \(origin). Use another folder for this source."
            )
        }
    }

    private static func currentFolder() throws(ImportFailure) -> String {
        guard let path = getcwd(nil, 0) else {
            throw ImportFailure(
                .machineFault,
                "Cannot determine the current folder: \(errorText(errno))."
            )
        }
        defer { free(path) }
        return String(cString: path)
    }
}
