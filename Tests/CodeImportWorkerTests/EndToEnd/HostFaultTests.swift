// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Testing

extension `End-to-end imports` {
    /// Hosts that refuse requests for now, and hosts that send something else than a repository.
    struct `Faults of the host` {
        private let shop: Workshop
        private let server: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
        }

        private var url: String { "http://\(self.server.host)/x.git" }

        /// Runs an import, and returns it with what it tells its monitor.
        private func importing() throws -> (run: TestProgram, told: [String: Any]) {
            let path = self.shop.folder + "/told"
            try Data().write(to: URL(fileURLWithPath: path))
            self.shop.environment["IMPORT_RESULT_FILE"] = path
            let run = try self.shop.importing(self.url)
            let data = FileManager.default.contents(atPath: path) ?? Data()
            let json = data.isEmpty ? [:] : try JSONSerialization.jsonObject(with: data)
            return (run, try #require(json as? [String: Any]))
        }

        @Test(arguments: [408, 425, 429, 500, 502, 503, 504, 507, 509, 521, 529])
        func `a host that is overloaded or down exits with 75, and its wait is told`(status: Int)
            throws
        {
            self.server.answer = { _ in .status(status, ["Retry-After: 120"]) }
            let (run, told) = try self.importing()
            #expect(run.code == 75, "\(run.output)")
            #expect(run.lines.last?.contains("status \(status)") == true)
            #expect(
                run.lines.last?.hasSuffix("It asks to wait 120 s before the next attempt.") == true
            )
            #expect(told["retry_after"] as? Int == 120)
            #expect("Failed: \(told["sentence"] ?? "")" == run.lines.last ?? "")
        }

        @Test(arguments: [
            (403, ["Retry-After: 60"]), (401, ["Retry-After: 60", "WWW-Authenticate: Basic"]),
            (403, ["X-RateLimit-Remaining: 0"]), (420, ["Retry-After: 60"]),
        ])
        func `a refusal with a wait or a used-up quota exits with 75`(
            status: Int,
            headers: [String]
        ) throws {
            self.server.answer = { _ in .status(status, headers) }
            #expect(try self.shop.importing(self.url).code == 75)
        }

        @Test(arguments: [404, 410, 451])
        func `a repository that is gone exits with 4, also with a wait`(status: Int) throws {
            self.server.answer = { _ in .status(status, ["Retry-After: 120"]) }
            #expect(try self.shop.importing(self.url).code == 4)
        }

        @Test(arguments: ["text/plain", "text/html", "application/json"])
        func `a refusal with a text about a limit exits with 75`(type: String) throws {
            let text = Data("{\"message\":\n\"API rate limit exceeded for 10.0.0.1\"}\n".utf8)
            self.server.answer = { _ in .page(403, ["Content-Type: \(type)"], text) }
            let run = try self.shop.importing(self.url)
            #expect(run.code == 75, "\(run.output)")
            #expect(self.server.requests.count <= 2)
        }

        @Test func `a proxy that requires a login is a fault of this machine`() throws {
            self.server.answer = { _ in .status(407, ["Proxy-Authenticate: Basic realm=x"]) }
            self.shop.environment["http_proxy"] = "http://\(self.server.host)"
            let run = try self.shop.importing("http://example.invalid/x.git")
            #expect(run.code == 71, "\(run.output)")
            #expect(run.lines.last?.contains("proxy of this machine requires a login") == true)
        }

        // MARK: - Later requests

        private func advertisement() throws -> Data {
            let source = try self.shop.repository()
            let list = try self.shop.git(
                "upload-pack",
                "--stateless-rpc",
                "--advertise-refs",
                "\(source)/.git"
            )
            return Data(("001e# service=git-upload-pack\n0000" + list).utf8)
        }

        private func serveList(then answer: LoopbackServer.Answer) throws {
            let list = try self.advertisement()
            self.server.answer = { request in
                guard request.method == "GET" else { return answer }
                let type = "Content-Type: application/x-git-upload-pack-advertisement"
                return .page(200, [type], list)
            }
        }

        @Test(arguments: [401, 403, 429, 500, 503])
        func `a refusal of the pack after the list of refs exits with 75`(status: Int) throws {
            try self.serveList(then: .status(status, ["WWW-Authenticate: Basic realm=\"x\""]))
            let run = try self.shop.importing(self.url)
            #expect(run.code == 75, "\(run.output)")
        }

        @Test func `the wait in the answer to the request for the pack is told`() throws {
            try self.serveList(then: .status(429, ["Retry-After: 77"]))
            #expect(try self.importing().told["retry_after"] as? Int == 77)
        }

        @Test func `a pack that breaks off exits with 75`() throws {
            let type = "Content-Type: application/x-git-upload-pack-result"
            try self.serveList(then: .page(200, [type], Data("0008NAK\n0032\u{2}x".utf8)))
            #expect(try self.shop.importing(self.url).code == 75)
        }

        @Test func `an object of a repository of plain files that is refused exits with 75`() throws
        {
            let source = try self.shop.repository()
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
            self.server.answer = { [folder = self.shop.folder] in
                $0.path.contains("/objects/") ? .status(503) : .file(in: folder)
            }
            #expect(try self.shop.importing(self.url).code == 75)
        }

        @Test func `the trace of HTTP is not printed unless the operator asks for it`() throws {
            self.server.answer = { _ in .status(429) }
            #expect(!(try self.shop.importing(self.url).output.contains("http.c")))
            self.shop.environment["GIT_CURL_VERBOSE"] = "1"
            #expect(try self.shop.importing(self.url).output.contains("http.c"))
        }

        // MARK: - Pages instead of repositories

        private static let html = "text/html; charset=utf-8"
        private static let smart = "application/x-git-upload-pack-advertisement"

        static let pages: [(type: String, body: String)] = [
            (html, "<html>Hello</html>"), (html, "<html>\n<p>Hello</p>\n</html>\n"),
            (html, "<html>\tHello\n</html>"), ("application/json", "{\"a\": 1}"),
            ("application/json", "{\n\"a\":\t1\n}\n"), ("text/plain", ""), ("text/plain", "hello"),
            ("text/plain", "hello\n"), ("text/plain", String(repeating: "x", count: 100_000)),
            ("text/plain", "ref: refs/heads/main"), (smart, ""), (smart, "hello world"),
            (smart, "001e# service=git-upload-pack\n0000"),
            (smart, "001e# service=git-upload-pack\n0000000eversion 2\n"),
        ]

        @Test(arguments: pages)
        func `a page that is no repository exits with 4, at the first import and later`(
            type: String,
            body: String
        ) throws {
            self.server.answer = { _ in
                .page(200, ["Content-Type: \(type)"], Data(body.utf8))
            }
            let first = try self.shop.importing(self.url)
            #expect(first.code == 4, "\(first.output)")
            #expect(self.shop.mirrorNames.isEmpty)

            let page = self.server.answer
            try self.serveFiles(of: self.shop.repository())
            #expect(try self.shop.importing(self.url).code == 0)
            let refs = try self.shop.git("for-each-ref", in: self.shop.mirror())
            self.server.answer = page
            let later = try self.shop.importing(self.url)
            #expect(later.code == 4, "\(later.output)")
            #expect(try self.shop.git("for-each-ref", in: self.shop.mirror()) == refs)
        }

        private func serveFiles(of source: String) throws {
            let served = self.shop.folder + "/x.git"
            try self.shop.git("clone", "--quiet", "--bare", source, served)
            try self.shop.git("update-server-info", in: served)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
        }

        @Test func `a login page behind a redirect exits with 4`() throws {
            self.server.answer = {
                $0.path == "/login"
                    ? .page(200, ["Content-Type: \(Self.html)"], Data("<html>Log in</html>".utf8))
                    : .status(302, ["Location: /login"])
            }
            let run = try self.shop.importing(self.url)
            #expect(run.code == 4, "\(run.output)")
            #expect(self.shop.mirrorNames.isEmpty)
        }

        @Test(arguments: [
            "<html>Down for maintenance</html>", "<html>\nToo many requests\n</html>\n",
        ])
        func `a page about maintenance or a limit exits with 75, also with status 200`(body: String)
            throws
        {
            self.server.answer = { _ in
                .page(200, ["Content-Type: \(Self.html)"], Data(body.utf8))
            }
            let run = try self.shop.importing(self.url)
            #expect(run.code == 75, "\(run.output)")
            #expect(self.shop.mirrorNames.isEmpty)
        }

        @Test func `an empty repository of plain files is imported, and has nothing new later`()
            throws
        {
            try self.shop.git("init", "--quiet", "empty")
            try self.serveFiles(of: self.shop.folder + "/empty")
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(try self.shop.importing(self.url).code == 2)
            // The file HEAD must name a ref: a server may answer each request with an empty page.
            self.server.answer = { _ in .page(200, [], Data()) }
            #expect(try self.shop.importing(self.url).code == 4)
        }
    }
}

#endif
