// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// Runs git commands one after the other, and reports their output.
final class Git {
    private static let mostComplaints = 100

    private let reactor = LibevReactor()
    /// The settings of git, and the way to the source.
    let session: GitSession
    private var report: Report
    /// The report for signs of life, also while git runs without a report.
    private let lifeReport: Report
    private let patience: GitPatience
    private let interruption: Interruption

    /// The folder in which git works.
    ///
    /// Each process of git inherits its lock.
    var workFolder: FolderLock?
    /// The HTTP responses of all git commands so far.
    private var http = HTTPTrace()

    init(session: GitSession, patience: GitPatience, report: Report) {
        self.session = session
        self.patience = patience
        self.lifeReport = report
        self.report = report
        self.interruption = Interruption(self.reactor)
    }

    deinit { self.reactor.shutDown() }

    /// Runs a git command and waits until it has ended.
    ///
    /// If the source redirects git to another URL, the method runs the command again with that URL.
    ///
    /// - Parameters:
    ///   - arguments: The arguments, starting with the subcommand.
    ///   - mirror: The repository to work in, or `nil` if the command needs none.
    ///   - settings: Settings that apply to this command only, of the form `key=value`.
    ///   - input: The bytes that git reads from its standard input.
    ///   - discardsOutput: Whether standard output goes to the null device instead of the result.
    ///   - watch: The time limit and the signs of life of a command that may take long.
    /// - Throws: ``ImportFailure`` if git cannot be started, if a signal interrupts the import, or
    ///   if the source redirects to a place that is not allowed. An exit code other than 0 does not
    ///   throw; see ``GitResult/check()``.
    func run(
        _ arguments: [String],
        in mirror: String? = nil,
        settings: [String] = [],
        input: [UInt8] = [],
        discardsOutput: Bool = false,
        watch: GitWatch? = nil
    ) throws(ImportFailure) -> GitResult {
        let command = settings.flatMap { ["-c", $0] } + arguments
        let request = self.request(command, mirror, input, discardsOutput)
        var result = try self.perform(arguments.first ?? "", request, input, watch)
        if try self.hasOtherWay(after: result) {
            return try self.run(
                arguments,
                in: mirror,
                settings: settings,
                input: input,
                discardsOutput: discardsOutput,
                watch: watch
            )
        }
        try self.explain(&result)
        return result
    }

    /// Runs one process of git, and reports its output.
    private func perform(
        _ command: String,
        _ request: SpawnRequest,
        _ input: [UInt8],
        _ watch: GitWatch?
    ) throws(ImportFailure) -> GitResult {
        var progress = ProgressReducer()
        var complaints: [String] = []
        var hasReceivedObjects = false
        var http = HTTPTrace()
        http.follow(self.http)
        let showsTrace = self.isTraceOfOperator
        weak var supervision: GitSupervision?
        let process = GitProcess(input: input) { [reactor, report] line in
            if http.take(line.text), !showsTrace { return }
            guard !GitLines.isRedundant(line.text) else { return }
            if GitLines.showsReceivedObjects(line.text) { hasReceivedObjects = true }
            if !line.isUpdate, !line.text.isEmpty {
                complaints = complaints.suffix(Self.mostComplaints - 1) + [line.text]
            }
            let lines = progress.take(line, at: reactor.now)
            if !lines.isEmpty { supervision?.lastLine = reactor.now }
            if !GitSession.isRedirect(line.text) { lines.forEach(report.line) }
        }
        // A command with a watch of its own has its own limit and its own signs of life.
        let patience = watch == nil ? self.patience : .unlimited
        let watched = GitSupervision(process, self.reactor, patience, self.lifeReport)
        supervision = watched
        let end = try self.end(of: process, request, watched, watch)
        progress.finish().forEach(self.report.line)
        self.http = http
        if let stall = watched.stall { throw Self.stalled(command, after: stall) }
        return GitResult(
            command: "git \(command)",
            exit: end.exit,
            output: process.output,
            complaints: complaints,
            hasReceivedObjects: hasReceivedObjects,
            http: http
        )
    }

    /// Adds to a result what the responses of the source say.
    private func explain(_ result: inout GitResult) throws(ImportFailure) {
        try self.session.explain(&result)
        try self.examinePage(&result)
    }

    /// Whether the operator has asked git for its trace of HTTP, which is then printed.
    private var isTraceOfOperator: Bool {
        let variables = self.session.environment
        return variables["GIT_TRACE_CURL"] != nil || variables["GIT_CURL_VERBOSE"] != nil
    }

    /// Lists the refs of the source once more, and returns the responses with their bodies.
    ///
    /// The trace of the other commands has no bodies, because it would contain whole packs.
    func probe() throws(ImportFailure) -> HTTPTrace {
        var http = HTTPTrace()
        let process = GitProcess(input: []) { line in _ = http.take(line.text) }
        let source = self.session.route.source.address
        let request = self.request(["ls-remote", "--", source], nil, tracesBodies: true)
        let supervision = GitSupervision(process, self.reactor, self.patience, self.lifeReport)
        // A timer refers to the object weakly, and the optimizer may release an object after its
        // last use.
        defer { withExtendedLifetime(supervision) {} }
        _ = try self.end(of: process, request, supervision)
        return http
    }

    /// Prints one line.
    func say(_ text: String) { self.report.line(text) }

    /// Returns the result of `body`, which runs git without a report.
    func quietly<Result>(_ body: () throws(ImportFailure) -> Result) throws(ImportFailure) -> Result
    {
        let report = self.report
        defer { self.report = report }
        self.report = .none
        return try body()
    }

    private func end(
        of process: GitProcess,
        _ request: SpawnRequest,
        _ supervision: GitSupervision,
        _ watch: GitWatch? = nil
    ) throws(ImportFailure) -> ProcessEnd {
        do {
            try self.reactor.spawnProcess(process, request)
        } catch {
            throw ImportFailure(.machineFault, "Cannot start git. \(error)")
        }
        watch?.start(process, self.reactor)
        defer { watch?.stop() }
        // The worker has nothing else to do while git runs. A turn ends as soon as an
        // event arrives.
        while true {
            if let end = process.end {
                supervision.finish()
                // A signal to the process group ends git, too. The reactor may have seen that in
                // the turn before the one in which it handles the signal.
                if end.exit.signal != nil { self.reactor.iterate(.zero) }
                try self.interruption.check()
                return end
            }
            self.interruption.endOnSignal(process)
            self.reactor.iterate(supervision.interval)
            supervision.turn()
        }
    }

    private static func stalled(_ command: String, after silence: Duration) -> ImportFailure {
        let seconds = StallWatch.seconds(silence)
        guard ["clone", "fetch", "ls-remote"].contains(command) else {
            return ImportFailure(
                .machineFault,
                "git \(command) showed no sign of life for \(seconds) s, so it was ended."
            )
        }
        return ImportFailure(
            .temporaryFailure,
            "The transfer stalled: for \(seconds) s no data came from the source, and git wrote nothing "
                + "and used no CPU time. It was ended; another attempt may succeed."
        )
    }

    private func request(
        _ arguments: [String],
        _ mirror: String?,
        _ input: [UInt8] = [],
        _ discardsOutput: Bool = false,
        tracesBodies: Bool = false
    ) -> SpawnRequest {
        // The worker runs `git gc` as a separate step, in the foreground; see `Housekeeping`.
        let settings = [
            "-c", "maintenance.auto=false", "-c", "gc.autoDetach=false",
            "-c", "fetch.writeCommitGraph=false",
        ]
        let location = mirror.map { ["--git-dir=\($0)"] } ?? []
        var request = SpawnRequest("git", settings + location + arguments)
        request.environment = .exactly(self.variables(tracesBodies: tracesBodies))
        // In another folder, git could find a repository and use the configuration of
        // that repository.
        request.workingDirectory = "/"
        var streams: [Int32: ChildDescriptor] = [1: discardsOutput ? .null : .read, 2: .read]
        streams[0] = input.isEmpty ? .null : .write
        request.writeLimit = max(request.writeLimit, input.count)
        if let folder = self.workFolder {
            streams[GitProcesses.inheritedDescriptor] = .inherit(folder.descriptor)
        }
        request.streams = .descriptors(streams)
        // A signal to the worker's process group reaches git, too. If only the worker dies, the
        // kernel kills git.
        request.grouping = .inherit
        request.diesWithParent = true
        // In a local fetch, upload-pack is a separate process, which may still write an error
        // message after git has exited.
        request.exitPolicy = .drain(.seconds(1))
        return request
    }

    /// Returns the environment of one git process.
    private func variables(tracesBodies: Bool) -> [String: String] {
        var variables = self.session.environment
        // These are for the worker itself.
        variables[WorkerResult.fileVariable] = nil
        variables[WorkerResult.inactivityVariable] = nil
        guard !self.isTraceOfOperator || tracesBodies else { return variables }
        variables["GIT_TRACE_CURL"] = "true"
        variables["GIT_TRACE_CURL_NO_DATA"] = tracesBodies ? nil : "1"
        variables["GIT_TRACE_REDACT"] = "1"
        return variables
    }
}
