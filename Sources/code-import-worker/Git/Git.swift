// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ProgramSupport
internal import Reactor

/// Runs git, one command after the other, and reports what it says.
final class Git {
    private static let mostComplaints = 100

    private let reactor = LibevReactor()
    private let environment: [String: String]
    private let report: Report

    init(environment: [String: String], report: Report) {
        self.environment = environment
        self.report = report
    }

    deinit { self.reactor.shutDown() }

    /// Runs git to its end.
    ///
    /// - Parameters:
    ///   - arguments: with the subcommand first.
    ///   - mirror: the repository to work in, if any.
    ///   - descriptor: one of ours that git gets as 3, for example a lock to hold as long as it
    ///     runs.
    /// - Throws: if git cannot be started. How it ended is in the result.
    func run(
        _ arguments: [String],
        in mirror: String? = nil,
        handingOn descriptor: Int32? = nil
    ) throws(ImportFailure) -> GitResult {
        var progress = ProgressReducer()
        var complaints: [String] = []
        let process = GitProcess { [reactor, report] line in
            guard !GitLines.isRedundant(line.text) else { return }
            if !line.isUpdate, !line.text.isEmpty {
                complaints = complaints.suffix(Self.mostComplaints - 1) + [line.text]
            }
            progress.take(line, at: reactor.now).forEach(report.line)
        }
        let end = try self.end(of: process, self.request(arguments, mirror, descriptor))
        progress.finish().forEach(self.report.line)
        return GitResult(
            command: "git \(arguments.first ?? "")",
            exit: end.exit,
            output: String(decoding: process.output, as: UTF8.self),
            complaints: complaints
        )
    }

    private func end(
        of process: GitProcess,
        _ request: SpawnRequest
    ) throws(ImportFailure) -> ProcessEnd {
        do {
            try self.reactor.spawnProcess(process, request)
        } catch {
            throw ImportFailure(.failure, "Git cannot be started. \(error)")
        }
        // The worker does one thing after the other; a turn ends as soon as something happens.
        while true {
            if let end = process.end { return end }
            self.reactor.iterate(.seconds(3600))
        }
    }

    private func request(
        _ arguments: [String],
        _ mirror: String?,
        _ descriptor: Int32?
    ) -> SpawnRequest {
        // Housekeeping is a step of its own, in the foreground: see GitImport.
        let settings = ["-c", "maintenance.auto=false", "-c", "gc.autoDetach=false"]
        let place = mirror.map { ["--git-dir=\($0)"] } ?? []
        var request = SpawnRequest("git", settings + place + arguments)
        request.environment = .exactly(self.environment)
        // No repository is there whose config git could take for ours.
        request.workingDirectory = "/"
        var streams: [Int32: ChildDescriptor] = [0: .null, 1: .read, 2: .read]
        if let descriptor { streams[3] = .inherit(descriptor) }
        request.streams = .descriptors(streams)
        // A signal for the worker's group is one for git too; if only the worker dies, git does not
        // go on.
        request.grouping = .inherit
        request.diesWithParent = true
        // The other side of a local fetch is a process too, and may complain after git has gone.
        request.exitPolicy = .drain(.seconds(1))
        return request
    }
}
