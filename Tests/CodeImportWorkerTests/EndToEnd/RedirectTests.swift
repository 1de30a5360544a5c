// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing

extension `End-to-end imports` {
    /// Two servers: the first redirects, the second has the repository.
    struct `Redirects over HTTP` {
        private let shop: Workshop
        private let first: LoopbackServer
        private let second: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.first = try LoopbackServer(self.shop.reactor)
            self.second = try LoopbackServer(self.shop.reactor, number: 2)
            let source = try self.shop.repository()
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
            self.second.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            self.first.answer = { [second = self.second] request in
                let query = "?service=git-upload-pack"
                return .status(302, ["Location: http://\(second.host)\(request.path)\(query)"])
            }
        }

        @Test func `a redirect is followed, and the mirror keeps the address of the import`() throws
        {
            let url = "http://\(self.first.host)/x.git"
            for code in [0, 2] as [Int32] {
                let run = try self.shop.importing(url)
                #expect(run.code == code, "\(run.output)")
                #expect(
                    run.output.contains("The source redirects to http://\(self.second.host)/x.git")
                )
                #expect(!run.output.contains("fatal:"))
            }
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("config", "remote.origin.url", in: mirror) == url)
        }

        @Test func `a login is not sent to another host, also not if that host asks for it`() throws
        {
            #expect(try self.shop.importing("http://user:pw@\(self.first.host)/x.git").code == 0)
            self.second.answer = { _ in .status(401, ["WWW-Authenticate: Basic realm=\"x\""]) }
            let run = try self.shop.importing("http://user:pw@\(self.first.host)/x.git")
            #expect(run.code == 4)
            #expect(run.lines.last?.contains("is not sent to another host") == true)
            #expect(self.first.requests.contains { $0.authorization != nil })
            #expect(!self.second.requests.contains { $0.authorization != nil })
        }

        @Test func `a login is not sent to another port`() throws {
            let other = try LoopbackServer(self.shop.reactor)
            other.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            self.first.answer = { .status(307, ["Location: http://\(other.host)\($0.path)"]) }
            #expect(try self.shop.importing("http://user:pw@\(self.first.host)/x.git").code == 0)
            #expect(!other.requests.contains { $0.authorization != nil })
        }

        @Test func `a login stays on a redirect to another path of its host`() throws {
            self.first.answer = { [folder = self.shop.folder] request in
                request.path.hasPrefix("/x.git")
                    ? .file(in: folder) : .status(301, ["Location: /x.git/info/refs"])
            }
            #expect(try self.shop.importing("http://user:pw@\(self.first.host)/old").code == 0)
            #expect(self.first.requests.suffix(3).allSatisfy { $0.authorization != nil })
        }

        @Test func `a redirect to a page for logins exits with 4 and names it`() throws {
            self.first.answer = { _ in .status(302, ["Location: /login?next=%2Fx.git"]) }
            let run = try self.shop.importing("http://\(self.first.host)/x.git")
            #expect(run.code == 4)
            #expect(run.lines.last?.contains("a page that is not a repository") == true)
        }

        @Test func `alternates on another host are not read`() throws {
            let served = self.shop.folder + "/x.git"
            let file = URL(fileURLWithPath: served + "/objects/info/http-alternates")
            try Data("http://\(self.second.host)/y.git/objects\n".utf8).write(to: file)
            let commit = try self.shop.git("rev-parse", "HEAD", in: served)
            try FileManager.default.removeItem(
                atPath: "\(served)/objects/\(commit.prefix(2))/\(commit.dropFirst(2))"
            )
            self.first.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            _ = try self.shop.importing("http://user:pw@\(self.first.host)/x.git")
            #expect(self.second.requests.isEmpty)
        }
    }
}

#endif
