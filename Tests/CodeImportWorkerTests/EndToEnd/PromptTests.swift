// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import TestSupport
import Testing

extension `End-to-end imports` {
    /// Programs that want to ask a person, with a worker that a person started on a terminal.
    struct `Questions to a person` {
        private let shop: Workshop

        init() throws { self.shop = try Workshop() }

        /// Runs an import on a terminal of its own to which nobody types anything.
        private func importing(_ url: String) throws -> TestProgram {
            let program = TestProgram()
            var request = SpawnRequest(
                builtProgram("code-import-worker"),
                ["git", "--into", self.shop.mirrors, "--", url]
            )
            request.environment = .exactly(self.shop.environment)
            request.workingDirectory = self.shop.folder
            request.streams = .terminal()
            try self.shop.reactor.spawnProcess(program, request)
            try self.shop.wait(for: program)
            return program
        }

        private func write(_ name: String, _ script: String) throws -> String {
            let path = "\(self.shop.folder)/\(name)"
            try self.shop.script(
                "cat > '\(path)' <<'END'\n#!/bin/sh\n\(script)\nEND\nchmod 755 '\(path)'",
                in: self.shop.folder
            )
            return path
        }

        @Test(arguments: [
            "read answer < /dev/tty", "stty -echo < /dev/tty; read answer < /dev/tty",
            "cat /dev/tty", "read answer <> /dev/tty",
        ])
        func `an ssh program that asks fails at once`(question: String) throws {
            self.shop.environment["GIT_SSH"] = try self.write("wrapper", "\(question)\nexit 255")
            #expect(try self.importing("git@host:x").code == 4)
        }

        @Test func `a credential helper that asks fails at once`() throws {
            let server = try LoopbackServer(self.shop.reactor)
            server.answer = { _ in .status(401, ["WWW-Authenticate: Basic realm=\"x\""]) }
            let helper = "!f() { read answer < /dev/tty; echo password=$answer; }; f"
            try self.shop.git("config", "--global", "credential.helper", helper)
            #expect(try self.importing("http://\(server.host)/x").code == 4)
        }

        @Test func `an askpass program of the operator is not started`() throws {
            let server = try LoopbackServer(self.shop.reactor)
            server.answer = { _ in .status(401, ["WWW-Authenticate: Basic realm=\"x\""]) }
            let program = try self.write("askpass", "touch \(self.shop.folder)/asked")
            self.shop.environment.merge([
                "GIT_ASKPASS": program, "SSH_ASKPASS": program, "SSH_ASKPASS_REQUIRE": "force",
                "DISPLAY": ":0",
            ]) { $1 }
            try self.shop.git("config", "--global", "core.askPass", program)
            #expect(try self.importing("http://\(server.host)/x").code == 4)
            #expect(!FileManager.default.fileExists(atPath: self.shop.folder + "/asked"))
        }

        @Test(arguments: [
            ("Host key verification failed.", "ssh-keyscan"),
            (
                "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!\r\nHost key verification failed.",
                "ssh-keygen -R"
            ),
            ("root@h: Permission denied (publickey,keyboard-interactive).", "ssh-agent"),
        ])
        func `a question of ssh that nobody answers is explained with its remedy`(
            message: String,
            remedy: String
        ) throws {
            self.shop.environment["MESSAGE"] = message
            self.shop.environment["GIT_SSH_COMMAND"] =
                "printf '%s\\r\\n' \"$MESSAGE\" >&2; exit 255; :"
            let run = try self.importing("git@host:x")
            #expect(run.code == 4)
            #expect(run.lines.last?.contains(remedy) == true, "\(run.output)")
        }

        @Test func `an operator's ssh command gets the option that forbids questions`() throws {
            let ssh = try self.write("ssh", "printf '%s ' \"$@\" > \(self.shop.folder)/arguments")
            let path = self.shop.folder + "/arguments"
            for (name, value) in [("GIT_SSH_COMMAND", "\(ssh) -i key"), ("GIT_SSH", ssh)] {
                self.shop.environment["GIT_SSH_COMMAND"] = nil
                self.shop.environment[name] = value
                _ = try self.importing("git@host:x")
                let arguments = try String(contentsOfFile: path, encoding: .utf8)
                #expect(arguments.contains("-o BatchMode=yes"))
                try FileManager.default.removeItem(atPath: path)
            }
        }
    }
}

#endif
