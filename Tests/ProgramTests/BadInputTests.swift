// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct BadInputTests {
        private let place = Workplace()

        /// Runs with arguments that are wrong, and looks at what an operator sees.
        private func expect(
            _ arguments: [String],
            exits code: Int32,
            saying words: String...,
            withStore: Bool = false
        ) throws {
            let result = try Program(place: self.place).monitor(arguments, withStore: withStore)
            #expect(result.exit == .exited(code: code))
            #expect(result.out.isEmpty)
            for word in words { #expect(result.err.contains(word), "\(result.err)") }
        }

        @Test func `an unknown option is named`() throws {
            try self.expect(["run", "--jsn", "--", "true"], exits: 64, saying: "--jsn")
        }

        @Test func `a command without the two dashes is told about them`() throws {
            try self.expect(["run", "true"], exits: 64, saying: "two dashes", "-- make")
        }

        @Test func `a missing command is asked for`() throws {
            try self.expect(["run"], exits: 64, saying: "There is no command", "run -- make")
        }

        @Test(arguments: ["abc", "-1", "inf", "nan", "1e99"])
        func `a duration that is none is named, and what one is`(_ value: String) throws {
            try self.expect(
                ["run", "--deadline=\(value)", "--", "true"],
                exits: 64,
                saying: "--deadline",
                "'\(value)'",
                "Give seconds from 0 to 3155760000"
            )
        }

        @Test func `a duration that is left out is missed by name`() throws {
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

        @Test func `an unknown table of exit codes is named with those that there are`() throws {
            try self.expect(
                ["run", "--exit-codes", "make", "--", "true"],
                exits: 64,
                saying: "make",
                "plain",
                "import"
            )
        }

        @Test func `a store that is no database is named and left alone`() throws {
            self.place.write(
                "this is a letter, not a database, and long enough to be read as one\n",
                to: "letter"
            )
            let path = self.place.path("letter")
            try self.expect(["run", "--store", path, "--", "true"], exits: 69, saying: path)
            #expect(self.place.read(path).hasPrefix("this is a letter"))
        }

        @Test(arguments: ["-u HOME", "HOME=", "HOME=here"])
        func `a home that is missing or relative is asked for, and nothing is made elsewhere`(
            _ home: String
        ) throws {
            let folders = ["/.local/state/worker-monitor", "/here", self.place.path("here")]
            let before = folders.map(FileManager.default.fileExists)
            let result = try Program(place: self.place).shell(
                #"cd "${STORE%/*}" && env -u XDG_STATE_HOME \#(home) "$MONITOR" run -- true"#
            )
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("Set HOME or XDG_STATE_HOME"), "\(result.err)")
            #expect(folders.map(FileManager.default.fileExists) == before)
        }

        @Test func `a store in a folder that is not there is named`() throws {
            let path = self.place.path("nonesuch/jobs.sqlite")
            let logs = self.place.path("logs")
            try self.expect(
                ["run", "--store", path, "--log-dir", logs, "--", "true"],
                exits: 69,
                saying: path
            )
        }

        @Test func `a folder that is not there is not made for a store`() throws {
            let path = self.place.path("nonesuch/jobs.sqlite")
            try self.expect(["run", "--store", path, "--", "true"], exits: 69, saying: path)
            #expect(!FileManager.default.fileExists(atPath: self.place.path("nonesuch")))
        }

        @Test func `a store that is a folder is named`() throws {
            try self.expect(
                [
                    "run", "--store", self.place.folder, "--log-dir", self.place.path("logs"), "--",
                    "true",
                ],
                exits: 69,
                saying: self.place.folder
            )
        }

        @Test func `a log folder that is a file is named, and no job is made`() throws {
            self.place.write("", to: "file")
            let path = self.place.path("file")
            try self.expect(
                ["run", "--log-dir", path, "--", "true"],
                exits: 64,
                saying: path,
                "--log-dir",
                withStore: true
            )
            #expect(!FileManager.default.fileExists(atPath: self.place.store))
        }

        @Test(arguments: ["", "  ", "http://a\u{7}b"])
        func `a URL that is none is named with an example`(_ url: String) throws {
            try self.expect(
                ["import", "git", "--", url],
                exits: 64,
                saying: "URL",
                "https://example.org"
            )
        }

        @Test func `a source type that is not known is refused`() throws {
            try self.expect(["import", "svn", "https://example.org/x"], exits: 64, saying: "svn")
        }

        // CommandLine.arguments would have it repaired, and the command would get another file.
        @Test func `an argument that is not UTF-8 is refused, not changed`() throws {
            let result = try Program(place: self.place).shell(
                #"exec "$MONITOR" run --store "$STORE" -- cat "$(printf 'caf\351')""#
            )
            #expect(result.exit == .exited(code: 64))
            #expect(result.err.contains(#"The argument "caf\xE9" is not UTF-8"#), "\(result.err)")
            #expect(!FileManager.default.fileExists(atPath: self.place.store))
        }

        @Test func `an argument that is UTF-8 beyond ASCII reaches the command as it is`() throws {
            let result = try Program(place: self.place).run(acts: ["line:Grüße \u{1F600}"])
            #expect(try result.report().tail == "Grüße \u{1F600}\n")
        }
    }
}
