// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// Failures of the source, and of the network on the way to it.
    struct `Failures of the source` {
        private let shop: Workshop

        init() throws { self.shop = try Workshop() }

        private func expect(_ code: Int32, _ sentence: String, from url: String) throws {
            let run = try self.shop.importing(url)
            #expect(run.code == code)
            let last = run.lines.last ?? ""
            #expect(last.hasPrefix("Failed: \(sentence)"), "\(run.output)")
            #expect(run.errors.isEmpty)
            #expect(self.shop.mirrorNames.isEmpty)
        }

        /// Returns the path of the file of a loose object.
        private func object(_ name: String, in repository: String) throws -> String {
            let id = try self.shop.git("rev-parse", name, in: repository)
            return "\(repository)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        }

        @Test func `a path without a repository exits with 4`() throws {
            try self.expect(4, "The repository does not exist.", from: "nope")
            try self.expect(
                4,
                "The repository does not exist.",
                from: "file://\(self.shop.folder)/nope"
            )
            try FileManager.default.createDirectory(
                atPath: self.shop.folder + "/plain",
                withIntermediateDirectories: true
            )
            try self.expect(4, "The repository does not exist.", from: "plain")
        }

        @Test func `a host that cannot be reached exits with 75`() throws {
            try self.expect(75, "The host cannot be reached.", from: "http://127.0.0.1:1/x")
            try self.expect(75, "The host cannot be reached.", from: "git://127.0.0.1:1/x")
            try self.expect(75, "The host cannot be reached.", from: "ssh://127.0.0.1:1/x")
            try self.expect(
                75,
                "The name of the host cannot be resolved.",
                from: "http://no.such.host.invalid/x"
            )
            try self.expect(
                75,
                "The name of the host cannot be resolved.",
                from: "git://no.such.host.invalid/x"
            )
        }

        @Test func `the messages of ssh are recognized`() throws {
            let ssh = "printf '%s\\r\\n' \"$MESSAGE\" >&2; exit 255; :"
            self.shop.environment["GIT_SSH_COMMAND"] = ssh
            self.shop.environment["MESSAGE"] =
                "ssh: Could not resolve hostname h: Name or service not known"
            try self.expect(75, "The name of the host cannot be resolved.", from: "git@h:x")
            self.shop.environment["MESSAGE"] = "git@h: Permission denied (publickey)."
            try self.expect(
                4,
                "The source does not accept the ssh keys of this user.",
                from: "git@h:x"
            )
            self.shop.environment["MESSAGE"] = "Something else"
            try self.expect(4, "The source cannot be read.", from: "git@h:x")
        }

        @Test(arguments: ["ext::sh -c true", "fd::7", "foo://h/x", "ssh://-oProxyCommand=x/y"])
        func `a URL that the policy does not allow exits with 6`(url: String) throws {
            let run = try self.shop.importing(url)
            #expect(run.code == 6)
            #expect(run.lines.count == 1)
            #expect(!FileManager.default.fileExists(atPath: self.shop.mirrors))
        }

        @Test func `a kind of URL that the operator does not allow exits with 6`() throws {
            _ = try self.shop.repository()
            self.shop.environment["GIT_ALLOW_PROTOCOL"] = "https:ext"
            try self.expect(6, "The policy does not allow this kind of URL.", from: "source")
        }

        @Test func `git's own settings cannot lead to a kind of URL that is not allowed`() throws {
            try self.shop.git("config", "--global", "url.ext::sh -c true.insteadOf", "https://h/x")
            try self.shop.git("config", "--global", "protocol.ext.allow", "always")
            try self.expect(6, "The policy does not allow this kind of URL.", from: "https://h/x")
        }

        @Test(arguments: ["HEAD", "HEAD:two", "HEAD~1", "HEAD^{tree}"])
        func `missing objects at the source exit with 7`(object: String) throws {
            let source = try self.shop.repository()
            try self.shop.commit("two", in: source)
            try FileManager.default.removeItem(atPath: self.object(object, in: source))
            try self.expect(7, "", from: source)
        }

        @Test func `damaged objects at the source exit with 7`() throws {
            let source = try self.shop.repository()
            let file = try self.object("HEAD:one", in: source)
            try FileManager.default.removeItem(atPath: file)
            try Data("garbage".utf8).write(to: URL(fileURLWithPath: file))
            try self.expect(7, "Objects are missing or damaged at the source.", from: source)
        }

        @Test func `a damaged list of refs at the source exits with 7`() throws {
            let source = try self.shop.repository()
            try Data("garbage\n".utf8).write(to: URL(fileURLWithPath: source + "/.git/packed-refs"))
            try self.expect(7, "The list of refs at the source is damaged.", from: source)
        }

        @Test func `a repository that needs a newer git exits with 5`() throws {
            let source = try self.shop.repository()
            try self.shop.git("config", "core.repositoryformatversion", "9", in: source)
            try self.expect(5, "The repository needs a newer git.", from: source)
        }

        @Test func `a repository of another user exits with 71 and names the remedy`() throws {
            let source = try self.shop.repository()
            self.shop.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
            try self.expect(71, "The repository belongs to another user", from: source)
        }
    }
}

#endif
