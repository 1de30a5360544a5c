// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import TestSupport
import Testing

/// A temporary folder, and a reactor that runs git and the worker.
///
/// Both last as long as the test.
final class Workshop {
    private let temporaryFolder: TemporaryFolder
    let reactor = LibevReactor()
    /// An environment without the machine's git settings, proxies and ssh settings.
    var environment: [String: String]

    init() throws {
        self.temporaryFolder = try TemporaryFolder()
        self.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": self.temporaryFolder.path, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        ]
    }

    deinit {
        self.reactor.shutDown()
    }

    /// The path of the temporary folder.
    var folder: String { self.temporaryFolder.path }

    /// The path of the folder of the mirrors.
    var mirrors: String { self.folder + "/mirrors" }

    /// The names of the files in the folder of the mirrors, without the lock files.
    var mirrorNames: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: self.mirrors)) ?? []
        return all.filter { !$0.hasSuffix(".lock") }.sorted()
    }

    /// The path of the only mirror.
    func mirror() throws -> String {
        try #require(self.mirrorNames.count == 1)
        return "\(self.mirrors)/\(self.mirrorNames[0])"
    }

    /// Runs git, requires that it succeeds, and returns its output without the last line end.
    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil) throws -> String {
        let program = try self.start("git", arguments, in: folder ?? self.folder)
        try self.wait(for: program)
        try #require(program.code == 0, "git \(arguments): \(program.errors)")
        return program.output.hasSuffix("\n") ? String(program.output.dropLast()) : program.output
    }

    /// Runs a shell script, and requires that it succeeds.
    func script(_ text: String, in folder: String) throws {
        let program = try self.start("/bin/sh", ["-ec", text], in: folder)
        try self.wait(for: program)
        try #require(program.code == 0, "\(text): \(program.errors)")
    }

    /// Creates a repository with a commit on `main`, and returns its path.
    func repository(_ name: String = "source") throws -> String {
        let path = "\(self.folder)/\(name)"
        try self.git("init", "--quiet", "-b", "main", path)
        try self.commit("one", in: path)
        return path
    }

    /// Adds a file and commits it.
    func commit(_ text: String, in repository: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(repository)/\(text)"))
        try self.git("add", "--all", in: repository)
        try self.git("commit", "--quiet", "-m", text, in: repository)
    }

    /// Makes the worker run this shell script instead of git.
    ///
    /// Another process writes the script. If this process wrote it, a child that another test
    /// starts at that moment could inherit the open file until its execve, and running the script
    /// would fail (ETXTBSY).
    func fakeGit(_ script: String) throws {
        let folder = self.folder + "/bin"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let write = #"printf '#!/bin/sh\n%s\n' "$1" > "$0" && chmod 755 "$0""#
        let writer = try self.start("/bin/sh", ["-c", write, folder + "/git", script], in: folder)
        try self.wait(for: writer)
        try #require(writer.code == 0, "\(writer.errors)")
        let path = self.environment["PATH"] ?? ""
        self.environment["PATH"] = "\(folder):\(path)"
    }

    /// Runs an import with the built worker until it has ended.
    func importing(_ url: String) throws -> TestProgram {
        try self.worker("git", "--into", self.mirrors, "--", url)
    }

    /// Runs the built worker until it has ended.
    func worker(_ arguments: String...) throws -> TestProgram {
        try self.worker(arguments)
    }

    /// Runs the built worker until it has ended.
    func worker(_ arguments: [String]) throws -> TestProgram {
        let program = try self.start(builtProgram("code-import-worker"), arguments, in: self.folder)
        try self.wait(for: program)
        return program
    }

    /// Starts an import with the built worker.
    func startImporting(_ url: String) throws -> TestProgram {
        try self.start(
            builtProgram("code-import-worker"),
            ["git", "--into", self.mirrors, "--", url],
            in: self.folder
        )
    }

    /// Runs the reactor until `condition` holds, for at most half a minute.
    func turn(until condition: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(30)
        while !condition() {
            try #require(
                ContinuousClock.now < end,
                "The expected event did not happen within half a minute."
            )
            self.reactor.iterate(.seconds(10))
        }
    }

    /// Runs the reactor until the program has ended.
    func wait(for program: TestProgram) throws {
        try self.turn(until: { program.end != nil })
    }

    /// Starts a program, whose standard input is a pipe that stays open.
    func start(
        _ program: String,
        _ arguments: [String],
        in folder: String
    ) throws -> TestProgram {
        let result = TestProgram()
        var request = SpawnRequest(program, arguments)
        request.environment = .exactly(self.environment)
        request.workingDirectory = folder
        request.exitPolicy = .drain(.seconds(10))
        try self.reactor.spawnProcess(result, request)
        return result
    }
}
