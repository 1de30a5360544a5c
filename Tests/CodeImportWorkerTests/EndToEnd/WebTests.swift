// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    struct `Imports over HTTP` {
        private let shop: Workshop
        private let server: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
        }

        private var url: String { "http://\(self.server.host)/x.git" }

        /// Creates a repository that can be served as plain files ("dumb" HTTP protocol of git).
        private func serve() throws -> String {
            let source = try self.shop.repository()
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            return served
        }

        @Test(arguments: [
            (404, "The repository does not exist."), (401, "The source requires a login"),
            (403, "The source denies access."), (410, "The URL cannot be read."),
            (400, "The URL cannot be read."), (451, "The URL cannot be read."),
            (501, "The URL cannot be read."),
        ])
        func `a server that does not serve a repository exits with 4`(status: Int, sentence: String)
            throws
        {
            self.server.answer = { _ in .status(status, ["WWW-Authenticate: Basic realm=\"x\""]) }
            let run = try self.shop.importing(self.url)
            #expect(run.code == 4)
            #expect(run.lines.last?.hasPrefix("Failed: \(sentence)") == true, "\(run.output)")
        }

        @Test func `redirects in a circle exit with 4, and to another kind of URL with 6`() throws {
            self.server.answer = { .status(302, ["Location: \($0.path)"]) }
            #expect(try self.shop.importing(self.url).code == 4)
            self.server.answer = { _ in .status(302, ["Location: ftp://127.0.0.1:1/x"]) }
            #expect(try self.shop.importing(self.url).code == 6)
        }

        @Test func `a repository is cloned over HTTP, and a missing object exits with 7`() throws {
            let served = try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(try self.shop.importing(self.url).code == 2)

            let commit = try self.shop.git("rev-parse", "HEAD", in: served)
            let object = "\(served)/objects/\(commit.prefix(2))/\(commit.dropFirst(2))"
            try FileManager.default.removeItem(atPath: object)
            let run = try self.shop.importing("http://\(self.server.host)//x.git")
            #expect(run.code == 7)
        }

        @Test func `a mirror keeps its refs when the source no longer has any`() throws {
            let served = try self.serve()
            _ = try self.shop.importing(self.url)
            try Data().write(to: URL(fileURLWithPath: served + "/info/refs"))
            let run = try self.shop.importing(self.url)
            #expect(run.code == 7)
            #expect(try self.shop.git("for-each-ref", in: self.shop.mirror()) != "")
        }
    }
}

#endif
