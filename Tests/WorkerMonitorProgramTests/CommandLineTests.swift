// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import ArgumentParser
import Testing
import WorkerMonitor

@testable import WorkerMonitorProgram

@Suite struct `Command line of worker-monitor` {
    private func parse(_ arguments: String...) throws -> any ParsableCommand {
        try WorkerMonitorCommand.parseAsRoot(arguments)
    }

    private func message(_ arguments: String...) -> String {
        do {
            _ = try WorkerMonitorCommand.parseAsRoot(arguments)
            return ""
        } catch {
            return WorkerMonitorCommand.message(for: error)
        }
    }

    @Test func `all arguments after two dashes belong to the command`() throws {
        let command = try #require(self.parse("run", "--", "make", "--json", "-j4") as? RunCommand)
        #expect(command.command == ["make", "--json", "-j4"])
        #expect(!command.options.json)
    }

    @Test(arguments: ["--store", "--log-dir", "--into"])
    func `an empty path is refused`(option: String) {
        let run = self.message("run", option, "", "--", "true")
        let text =
            option == "--into" ? self.message("import", "git", "/source", option, "") : run
        #expect(text.hasPrefix("\(option) is empty."), "\(text)")
    }

    @Test func `options set the configuration of the monitor`() throws {
        let command = try #require(
            self.parse(
                "run",
                "--inactivity-timeout",
                "0",
                "--deadline",
                "1.5",
                "--pipes",
                "--",
                "true"
            ) as? RunCommand
        )
        let configuration = command.options.configuration(exitCodes: .plain, workerCommand: [])
        #expect(configuration.inactivityTimeout == nil)
        #expect(configuration.deadline == .milliseconds(1500))
        #expect(configuration.streams == .pipes)
        #expect(configuration.heartbeatInterval == .seconds(30))
    }

    @Test func `by default a job has a terminal without input, and --terminal adds input`() throws {
        let plain = try #require(self.parse("run", "--", "true") as? RunCommand)
        let terminal = try #require(self.parse("run", "--terminal", "--", "true") as? RunCommand)
        #expect(
            plain.options.configuration(exitCodes: .plain, workerCommand: []).streams
                == .outputTerminal
        )
        #expect(
            terminal.options.configuration(exitCodes: .plain, workerCommand: []).streams
                == .terminal
        )
    }

    @Test func `--pipes and --terminal exclude each other`() {
        let message = self.message("run", "--pipes", "--terminal", "--", "true")
        #expect(message.contains("--pipes and --terminal exclude each other"))
    }

    @Test func `a missing or empty command is refused`() {
        #expect(self.message("run").contains("worker-monitor run -- make"))
        #expect(self.message("run", "--", "").contains("name of the command is empty"))
    }

    @Test(arguments: ["-1", "1e400", "nan", "soon", "3155760001"])
    func `a duration that is not a number from 0 to 100 years is refused`(argument: String) {
        let message = self.message("run", "--drain=\(argument)", "--", "true")
        #expect(message.contains("Give a number of seconds from 0 to 3155760000"))
    }

    @Test(arguments: ["", "  ", "https://example.org/\u{1B}[2J"])
    func `a URL that is empty or has control characters is refused`(url: String) {
        let message = self.message("import", "git", url)
        #expect(message.contains("is empty or contains control characters"))
    }

    @Test(
        arguments: [
            ("https://u:p@h/x", "https://h/x", "u:p"), ("http://token@h", "http://h", "token"),
            ("https://h/x@y", "https://h/x@y", nil), ("ssh://git:pw@h/x", "ssh://git@h/x", nil),
            ("git://u:p@h/x", "git://h/x", nil), ("git@h:x", "git@h:x", nil), ("/a@b", "/a@b", nil),
        ] as [(String, String, String?)]
    )
    func `the login is kept apart from a URL`(url: String, address: String, login: String?) {
        let parts = ImportGitCommand.separatingLogin(url)
        #expect(parts.address == address && parts.login == login)
    }

    @Test func `the message about a refused URL masks its password`() {
        let message = self.message("import", "git", "https://me:secret@example.org/\u{7}")
        #expect(message.contains("https://***@example.org"))
        #expect(!message.contains("secret"))
    }
}

#endif
