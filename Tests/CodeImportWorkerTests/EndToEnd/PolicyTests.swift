// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    struct `Access policies` {
        private let shop: Workshop
        private let server: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
            let source = try self.shop.repository()
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
        }

        private func importing(_ url: String, _ policy: String) throws -> TestProgram {
            let file = self.shop.folder + "/rules"
            try Data(policy.utf8).write(to: URL(fileURLWithPath: file))
            return try self.shop.worker(
                "git",
                "--access-policy",
                "rules",
                "--into",
                self.shop.mirrors,
                "--",
                url
            )
        }

        @Test(arguments: [
            "http://127.0.0.1:PORT/x.git", "http://localhost:PORT/x.git",
            "http://2130706433:PORT/x.git", "http://0x7f.1:PORT/x.git",
            "http://0177.0.0.1:PORT/x.git", "http://0.0.0.0:PORT/x.git",
            "http://[::ffff:127.0.0.1]:PORT/x.git", "git://localhost:PORT/x.git",
        ])
        func `an address of this machine is refused in each spelling, and nothing connects to it`(
            url: String
        ) throws {
            let run = try self.importing(
                url.replacing("PORT", with: "\(self.server.port)"),
                "allow scheme http git"
            )
            #expect(run.code == 6, "\(run.output)")
            #expect(run.lines.last?.contains("allow address loopback") == true, "\(run.output)")
            #expect(self.server.requests.isEmpty)
            #expect(self.shop.mirrorNames.isEmpty)
        }

        @Test func `an allowed address is imported by its name`() throws {
            let url = "http://localhost:\(self.server.port)/x.git"
            for code in [0, 2] as [Int32] {
                let rules = "deny address ::1/128\nallow address 127.0.0.1"
                let run = try self.importing(
                    url,
                    rules.replacing("deny address ::1/128\n", with: "")
                )
                // Some machines also give localhost the address ::1.
                guard !run.output.contains("::1,") else { return }
                #expect(run.code == code, "\(run.output)")
            }
            #expect(
                self.server.requests.first?.headers.contains("Host: localhost:\(self.server.port)")
                    == true
            )
        }

        @Test func `the target of a redirect is checked, too`() throws {
            let other = try LoopbackServer(self.shop.reactor, number: 2)
            other.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            self.server.answer = { .status(302, ["Location: http://\(other.host)\($0.path)"]) }
            let url = "http://\(self.server.host)/x.git"
            let refused = try self.importing(url, "allow address 127.0.0.1")
            #expect(refused.code == 6)
            #expect(
                refused.lines.last?.contains("The source redirects to http://\(other.host)") == true
            )
            #expect(other.requests.isEmpty)
            #expect(try self.importing(url, "allow address 127.0.0.0/30").code == 0)
        }

        @Test func `a path needs a rule for the scheme file`() throws {
            let path = self.shop.folder + "/source"
            #expect(try self.importing(path, "allow address all").code == 6)
            #expect(try self.importing("file://\(path)", "allow scheme https").code == 6)
            #expect(try self.importing(path, "allow scheme file").code == 0)
        }

        @Test func `an operator's rule insteadOf does not lead around the policy`() throws {
            try self.shop.git(
                "config",
                "--global",
                "url.http://\(self.server.host)/.insteadOf",
                "https://8.8.8.8/"
            )
            #expect(
                try self.importing("https://8.8.8.8/x.git", "allow scheme http https").code == 6
            )
            #expect(self.server.requests.isEmpty)
        }

        @Test func `ssh connects to the address that was checked`() throws {
            try self.shop.script(
                """
                printf '#!/bin/sh\\nprintf "%%s " "$@" > %s/arguments\\nexit 255\\n' "$PWD" > ssh
                chmod 755 ssh
                """,
                in: self.shop.folder
            )
            self.shop.environment["GIT_SSH"] = self.shop.folder + "/ssh"
            _ = try self.importing("git@localhost:x", "allow address loopback")
            let arguments = try String(
                contentsOfFile: self.shop.folder + "/arguments",
                encoding: .utf8
            )
            #expect(arguments.contains("-o HostKeyAlias=localhost "))
            #expect(
                arguments.contains("-o HostName=127.0.0.1 ")
                    || arguments.contains("-o HostName=::1 ")
            )
        }

        @Test func `a mistake in a policy exits with 64 before anything starts`() throws {
            let run = try self.importing("http://\(self.server.host)/x.git", "\nallow schema http")
            #expect(run.code == 64)
            #expect(run.errors.contains("Line 2 of the access policy rules"))
            #expect(!FileManager.default.fileExists(atPath: self.shop.mirrors))
            let missing = try self.shop.worker("git", "--access-policy", "none", "--into", "m", "u")
            #expect(missing.code == 64)
        }
    }
}

#endif
