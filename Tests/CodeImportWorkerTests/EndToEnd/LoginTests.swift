// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing

extension `End-to-end imports` {
    struct `Logins of URLs` {
        private let shop: Workshop
        private let server: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
        }

        private var url: String { "http://\(self.server.host)/x.git" }

        private func url(_ login: String) -> String {
            "http://\(login)@\(self.server.host)/x.git"
        }

        /// Creates a repository that can be served as plain files ("dumb" HTTP protocol of git).
        private func makeRepository() throws {
            let source = try self.shop.repository()
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
        }

        private static func basic(_ login: String) -> String {
            "Basic " + Data(login.utf8).base64EncodedString()
        }

        /// Serves the repository to those who send the login.
        private func serve(_ login: String, method: String = "Basic realm=\"x\"") throws {
            try self.makeRepository()
            self.server.answer = { [folder = self.shop.folder] request in
                request.authorization == Self.basic(login)
                    ? .file(in: folder) : .status(401, ["WWW-Authenticate: \(method)"])
            }
        }

        @Test func `a login reaches the server and nothing else`() throws {
            try self.serve("user:hunter%2")
            for code in [0, 2] as [Int32] {
                let run = try self.shop.importing(self.url("user:hunter%252"))
                #expect(run.code == code)
                #expect(!run.output.contains("hunter"))
            }
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("config", "remote.origin.url", in: mirror) == self.url)
            let files = FileManager.default.subpaths(atPath: mirror) ?? []
            for file in files.compactMap({ FileManager.default.contents(atPath: "\(mirror)/\($0)") }
            ) {
                #expect(file.range(of: Data("hunter".utf8)) == nil)
            }
        }

        @Test func `a login goes with the first request, also to a server that does not ask`()
            throws
        {
            try self.makeRepository()
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.shop.importing(self.url("user:pw")).code == 0)
            #expect(self.server.requests.allSatisfy { $0.authorization == Self.basic("user:pw") })
            #expect(!self.server.requests.isEmpty)
        }

        @Test(arguments: ["user@corp:pw", ":token", "token:", "user:a:b", "t%6Fken:"])
        func `unusual logins are accepted`(login: String) throws {
            try self.serve(login.replacing("%6F", with: "o"))
            #expect(try self.shop.importing(self.url(login)).code == 0)
        }

        @Test func `a wrong password exits with 4, is not printed, and is sent only once`() throws {
            self.server.answer = { _ in .status(401, ["WWW-Authenticate: Basic realm=\"x\""]) }
            let run = try self.shop.importing(self.url("user:hunter2"))
            #expect(run.code == 4)
            #expect(
                run.lines.last?.hasPrefix("Failed: The source does not accept the login.") == true
            )
            #expect(!run.output.contains("hunter"))
            #expect(self.server.requests.count { $0.authorization != nil } == 1)
        }

        @Test func `a wrong login does not erase the one that a credential helper keeps`() throws {
            let helper = "!f() { echo $1 >> \(self.shop.folder)/calls; }; f"
            try self.shop.git("config", "--global", "credential.helper", helper)
            self.server.answer = { _ in .status(401, ["WWW-Authenticate: Basic realm=\"x\""]) }
            #expect(try self.shop.importing(self.url("user:hunter2")).code == 4)
            #expect(!FileManager.default.fileExists(atPath: self.shop.folder + "/calls"))
        }

        @Test func `a credential helper is asked for the password of a user in the URL`() throws {
            try self.serve("me:pw")
            let helper = """
                !f() { test "$1" != get || { cat > \(self.shop.folder)/asked; echo password=pw; }; }; f
                """
            try self.shop.git("config", "--global", "credential.helper", helper)
            #expect(try self.shop.importing(self.url("me")).code == 0)
            let asked = try String(contentsOfFile: self.shop.folder + "/asked", encoding: .utf8)
            #expect(asked.contains("username=me\n"))
        }

        @Test func `a server that wants another method than Basic gets the login by that method`()
            throws
        {
            try self.makeRepository()
            let digest = #"WWW-Authenticate: Digest realm="x", nonce="n", qop="auth""#
            self.server.answer = { [folder = self.shop.folder] request in
                request.authorization?.hasPrefix("Digest username=\"user\"") == true
                    ? .file(in: folder) : .status(401, [digest])
            }
            #expect(try self.shop.importing(self.url("user:pw")).code == 0)
        }

        @Test func `the login may be in the environment of the worker`() throws {
            try self.serve("user:pw")
            self.shop.environment["CODE_IMPORT_LOGIN"] = "user:pw"
            #expect(try self.shop.importing(self.url).code == 0)
        }

        @Test func `no process has the password in its arguments`() throws {
            self.server.answer = { _ in .never }
            let run = try self.shop.startImporting(self.url("user:hunter2"))
            try self.shop.turn(until: { !self.server.requests.isEmpty })
            let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            var seen = 0
            for process in processes where Int(process) != nil {
                let path = "/proc/\(process)/cmdline"
                guard let line = FileManager.default.contents(atPath: path) else { continue }
                #expect(line.range(of: Data("hunter2".utf8)) == nil)
                seen += line.range(of: Data(self.server.host.utf8)) == nil ? 0 : 1
            }
            #expect(seen >= 2, "the worker and git were seen")
            self.server.hangUp()
            try self.shop.wait(for: run)
        }

        @Test(arguments: ["user:second@", "", "Other:x@"])
        func `a new login is the same import`(login: String) throws {
            try self.makeRepository()
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.shop.importing(self.url("user:first")).code == 0)
            let url = "HTTP://\(login)\(self.server.host)/x.git/"
            #expect(try self.shop.importing(url).code == 2)
            #expect(self.shop.mirrorNames.count == 1)
        }

        @Test func `the mirror of a version that had another name for it is found`() throws {
            try self.makeRepository()
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            let port = self.server.port
            #expect(try self.shop.importing("http://localhost:\(port)/x.git").code == 0)
            let mirror = try self.shop.mirror()
            let old = "\(self.shop.mirrors)/x-0123456789ab.git"
            try FileManager.default.moveItem(atPath: mirror, toPath: old)
            let spelling = "http://LOCALHOST:\(port)/x.git/"
            try self.shop.git("config", "remote.origin.url", spelling, in: old)
            #expect(try self.shop.importing("http://localhost:\(port)/x.git").code == 2)
            #expect(try self.shop.mirror() == mirror)
        }
    }
}

#endif
