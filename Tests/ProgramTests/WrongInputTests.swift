// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Wrong input` {
        private let workplace = Workplace()

        /// Runs the monitor with wrong arguments and checks its exit code and its message.
        private func expect(
            _ arguments: [String],
            exits code: Int32,
            saying words: String...,
            withStore: Bool = false
        ) throws {
            let result = try Program(workplace: self.workplace).monitor(
                arguments,
                withStore: withStore
            )
            #expect(result.exit == .exited(code: code))
            #expect(result.out.isEmpty)
            for word in words { #expect(result.err.contains(word), "\(result.err)") }
        }

        @Test func `an unknown option is named`() throws {
            try self.expect(["run", "--jsn", "--", "true"], exits: 64, saying: "--jsn")
        }

        @Test func `a command without the two dashes is refused with a hint`() throws {
            try self.expect(["run", "true"], exits: 64, saying: "two dashes", "-- make")
        }

        @Test func `a missing command is reported with an example`() throws {
            try self.expect(["run"], exits: 64, saying: "No command given", "run -- make")
        }

        @Test(arguments: ["abc", "-1", "inf", "nan", "1e99"])
        func `an invalid duration is named together with the valid range`(_ value: String) throws {
            try self.expect(
                ["run", "--deadline=\(value)", "--", "true"],
                exits: 64,
                saying: "--deadline",
                "'\(value)'",
                "Give a number of seconds from 0 to 3155760000"
            )
        }

        @Test func `an empty duration is reported with the name of its option`() throws {
            try self.expect(
                ["run", "--deadline=", "--", "true"],
                exits: 64,
                saying: "Missing value for '--deadline <seconds>'"
            )
        }

        @Test func `a heartbeat interval that would lose the job is refused`() throws {
            try self.expect(
                ["run", "--heartbeat-interval", "200", "--", "true"],
                exits: 64,
                saying: "--heartbeat-interval must be at most 100 seconds"
            )
        }

        @Test func `a wait before the kill that would lose the job is refused`() throws {
            try self.expect(
                ["run", "--kill-after", "200", "--", "true"],
                exits: 64,
                saying: "--kill-after and --drain must be at most 120 seconds"
            )
        }

        @Test func `an unknown exit code table is named together with the known ones`() throws {
            try self.expect(
                ["run", "--exit-codes", "make", "--", "true"],
                exits: 64,
                saying: "make",
                "plain",
                "import"
            )
        }

        @Test func `a store that is not a database is named and left unchanged`() throws {
            self.workplace.write(
                "this is a letter, not a database, and long enough to be read as one\n",
                to: "letter"
            )
            let path = self.workplace.path("letter")
            try self.expect(["run", "--store", path, "--", "true"], exits: 69, saying: path)
            #expect(self.workplace.read(path).hasPrefix("this is a letter"))
        }

        @Test(arguments: ["-u HOME", "HOME=", "HOME=here"])
        func `a missing or relative HOME is reported and no folder is created`(
            _ home: String
        ) throws {
            let folders = ["/.local/state/worker-monitor", "/here", self.workplace.path("here")]
            let before = folders.map(FileManager.default.fileExists)
            let result = try Program(workplace: self.workplace).shell(
                #"cd "${STORE%/*}" && env -u XDG_STATE_HOME \#(home) "$MONITOR" run -- true"#
            )
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("Set HOME or XDG_STATE_HOME"), "\(result.err)")
            #expect(folders.map(FileManager.default.fileExists) == before)
        }

        @Test func `a store in a missing folder is named`() throws {
            let path = self.workplace.path("nonesuch/jobs.sqlite")
            let logs = self.workplace.path("logs")
            try self.expect(
                ["run", "--store", path, "--log-dir", logs, "--", "true"],
                exits: 69,
                saying: path
            )
        }

        @Test func `a missing folder is not created for a store`() throws {
            let path = self.workplace.path("nonesuch/jobs.sqlite")
            try self.expect(["run", "--store", path, "--", "true"], exits: 69, saying: path)
            #expect(!FileManager.default.fileExists(atPath: self.workplace.path("nonesuch")))
        }

        @Test func `a store that is a folder is named`() throws {
            try self.expect(
                [
                    "run", "--store", self.workplace.folder, "--log-dir",
                    self.workplace.path("logs"), "--",
                    "true",
                ],
                exits: 69,
                saying: self.workplace.folder
            )
        }

        @Test func `a log folder that is a file is named and no job is created`() throws {
            self.workplace.write("", to: "file")
            let path = self.workplace.path("file")
            try self.expect(
                ["run", "--log-dir", path, "--", "true"],
                exits: 64,
                saying: path,
                "--log-dir",
                withStore: true
            )
            #expect(!FileManager.default.fileExists(atPath: self.workplace.store))
        }

        @Test(arguments: ["", "  ", "http://a\u{7}b"])
        func `an invalid URL is reported with an example`(_ url: String) throws {
            try self.expect(
                ["import", "git", "--", url],
                exits: 64,
                saying: "URL",
                "https://example.org"
            )
        }

        @Test func `an unknown source type is refused`() throws {
            try self.expect(["import", "svn", "https://example.org/x"], exits: 64, saying: "svn")
        }

        // `CommandLine.arguments` replaces invalid UTF-8, so the command would open another file.
        @Test func `an argument that is not UTF-8 is refused and not changed`() throws {
            let result = try Program(workplace: self.workplace).shell(
                #"exec "$MONITOR" run --store "$STORE" -- cat "$(printf 'caf\351')""#
            )
            #expect(result.exit == .exited(code: 64))
            #expect(
                result.err.contains(#"The argument "caf\xE9" is not valid UTF-8"#),
                "\(result.err)"
            )
            #expect(!FileManager.default.fileExists(atPath: self.workplace.store))
        }

        @Test func `an argument with non-ASCII characters reaches the command unchanged`() throws {
            let result = try Program(workplace: self.workplace).run(acts: ["line:Grüße \u{1F600}"])
            #expect(try result.report().tail == "Grüße \u{1F600}\n")
        }
    }
}

#endif
