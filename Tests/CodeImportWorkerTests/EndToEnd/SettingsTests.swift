// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// The operator's own settings of git.
    struct `Settings of the operator` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        private func set(_ key: String, _ value: String) throws {
            try self.shop.git("config", "--file", self.file, key, value)
        }

        /// The file of settings that only the worker reads, and not the test's own git.
        private var file: String { self.shop.folder + "/operator" }

        private func importing(_ url: String? = nil) throws -> TestProgram {
            self.shop.environment["GIT_CONFIG_GLOBAL"] = self.file
            defer { self.shop.environment["GIT_CONFIG_GLOBAL"] = nil }
            return try self.shop.importing(url ?? self.source)
        }

        /// Imports twice, and returns the configuration and the files of the mirror.
        private func imported() throws -> [String] {
            #expect(try self.importing().code == 0)
            try self.shop.commit("two", in: self.source)
            #expect(try self.importing().code == 0)
            #expect(try self.importing().code == 2)
            let mirror = try self.shop.mirror()
            let files = try FileManager.default.subpathsOfDirectory(atPath: mirror)
                .filter { !$0.hasPrefix("objects") }.sorted()
            return files + [try String(contentsOfFile: mirror + "/config", encoding: .utf8)]
        }

        @Test func `settings for working copies do not change what a mirror is`() throws {
            let hooks = self.shop.folder + "/hooks"
            try self.shop.script(
                """
                mkdir hooks template template/hooks && cd hooks
                for hook in reference-transaction post-checkout pre-auto-gc; do
                    printf '#!/bin/sh\\nexit 1\\n' > $hook && chmod 755 $hook
                done && touch ../template/strange
                """,
                in: self.shop.folder
            )
            for (key, value) in [
                ("clone.defaultRemoteName", "upstream"), ("core.hooksPath", hooks),
                ("init.templateDir", self.shop.folder + "/template"), ("core.bare", "false"),
                ("init.defaultBranch", "other"), ("fetch.pruneTags", "true"),
                ("remote.origin.fetch", "+refs/heads/x:refs/heads/x"),
                ("remote.origin.url", "/nowhere"), ("transfer.hideRefs", "refs/heads"),
                ("uploadpack.hideRefs", "refs/heads"), ("core.logAllRefUpdates", "always"),
                ("core.sharedRepository", "world"), ("core.alternateRefsCommand", "false"),
                ("fetch.recurseSubmodules", "true"), ("user.useConfigOnly", "true"),
                ("fetch.writeCommitGraph", "true"), ("gc.auto", "1"),
                ("gc.recentObjectsHook", "false"),
            ] { try self.set(key, value) }
            let made = try self.imported()
            try FileManager.default.removeItem(atPath: self.file)
            let mirror = try self.shop.mirror()
            try FileManager.default.removeItem(atPath: mirror)
            try self.shop.git("reset", "--quiet", "--hard", "HEAD~1", in: self.source)
            #expect(try self.imported() == made)
        }

        @Test func `settings in the environment of a hook have no effect`() throws {
            self.shop.environment.merge([
                "GIT_DIR": self.source + "/.git", "GIT_OBJECT_DIRECTORY": "/nowhere",
                "GIT_NAMESPACE": "x", "GIT_DEFAULT_HASH": "sha256", "GIT_INDEX_FILE": "/nowhere",
                "GIT_QUARANTINE_PATH": "/nowhere", "GIT_TEMPLATE_DIR": "/nowhere",
                "GIT_CONFIG_PARAMETERS": "'clone.defaultremotename'='upstream'",
            ]) { $1 }
            for code in [0, 2] as [Int32] {
                let run = try self.importing()
                #expect(run.code == code, "\(run.output)")
            }
        }

        @Test func `a mirror that an older version made with another name of the remote is used`()
            throws
        {
            #expect(try self.importing().code == 0)
            try self.shop.git(
                "config",
                "--rename-section",
                "remote.origin",
                "remote.upstream",
                in: self.shop.mirror()
            )
            #expect(try self.importing().code == 2)
        }

        @Test func `core.sshCommand and ssh.variant of the operator are used`() throws {
            try self.shop.script(
                """
                printf '#!/bin/sh\\nprintf "%%s " "$@" > %s/arguments\\nexit 255\\n' "$PWD" > deploy
                chmod 755 deploy
                """,
                in: self.shop.folder
            )
            try self.set("core.sshCommand", "\(self.shop.folder)/deploy")
            try self.set("ssh.variant", "ssh")
            #expect(try self.importing("ssh://git@host:2222/x").code != 0)
            let path = self.shop.folder + "/arguments"
            let arguments = try String(contentsOfFile: path, encoding: .utf8)
            #expect(
                arguments.hasPrefix("-o BatchMode=yes -o SendEnv=GIT_PROTOCOL -p 2222 git@host")
            )
        }

        @Test func `rules insteadOf, headers and included files of the operator are used`() throws {
            let server = try LoopbackServer(self.shop.reactor)
            try self.set("url.http://\(server.host)/.insteadOf", "https://example.org/")
            try self.set("http.http://\(server.host)/.extraHeader", "Token: a\"b")
            try self.set("http.userAgent", "import/1")
            try self.shop.git(
                "config",
                "--file",
                self.shop.folder + "/more",
                "http.extraHeader",
                "More: 1"
            )
            try self.set(
                "includeIf.hasconfig:remote.*.url:https://example.org/**.path",
                self.shop.folder + "/more"
            )
            #expect(try self.importing("https://example.org/x").code != 0)
            let request = try #require(server.requests.first)
            #expect(request.path == "/x/info/refs")
            #expect(request.headers.contains("User-Agent: import/1"))
            #expect(request.headers.contains("Token: a\"b"))
        }

        @Test func `safe.directory of the operator is used for a source on this machine`() throws {
            self.shop.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
            #expect(try self.importing().code != 0)
            try self.set("safe.directory", "*")
            #expect(try self.importing().code == 0)
        }

        @Test func `a file of settings that git cannot read is named`() throws {
            try Data("[core\n".utf8).write(to: URL(fileURLWithPath: self.file))
            let run = try self.importing()
            #expect(run.code == 71)
            #expect(run.lines.last?.contains("configuration on this machine is damaged") == true)
            #expect(run.lines.last?.contains(self.file) == true)
        }
    }
}

#endif
