// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import TestSupport
import Testing

extension `End-to-end imports` {
    /// Sources that go silent, and phases in which git is busy but silent.
    struct `Stalled imports` {
        private let shop: Workshop
        private let server: LoopbackServer

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
        }

        private var url: String { "http://\(self.server.host)/x.git" }

        private func importing(_ url: String, limit: String = "1") throws -> TestProgram {
            try self.shop.worker(
                "git",
                "--stall-timeout",
                limit,
                "--into",
                self.shop.mirrors,
                "--",
                url
            )
        }

        private func expectStall(_ run: TestProgram) {
            #expect(run.code == 75, "\(run.output)")
            #expect(
                run.lines.last?.hasPrefix("Failed: The transfer stalled") == true,
                "\(run.output)"
            )
            #expect(self.shop.mirrorNames.isEmpty)
        }

        private func bare() throws -> String {
            let source = try self.shop.repository()
            let bytes = Data((0..<300_000).map { _ in UInt8.random(in: 0...255) })
            try bytes.write(to: URL(fileURLWithPath: source + "/big"))
            try self.shop.commit("two", in: source)
            try self.shop.git("clone", "--quiet", "--bare", source, "x.git")
            try self.shop.git("update-server-info", in: self.shop.folder + "/x.git")
            return self.shop.folder + "/x.git"
        }

        @Test func `a server that never answers is given up`() throws {
            self.server.answer = { _ in .never }
            try self.expectStall(self.importing(self.url))
            try self.shop.turn(until: { self.server.hangUps == 1 })
        }

        @Test func `a server that goes silent in the middle of a pack is given up`() throws {
            let source = try self.bare()
            let list = try self.shop.git(
                "upload-pack",
                "--stateless-rpc",
                "--advertise-refs",
                source
            )
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-"
            let refs = Data("001e# service=git-upload-pack\n0000\(list)".utf8)
            let part = Data(
                "\(head)result\r\nContent-Length: 5000\r\n\r\n0008NAK\n0010\u{1}PACK".utf8
            )
            self.server.answer = { request in
                guard request.method == "GET" else { return .partial(part) }
                let type = "Content-Type: application/x-git-upload-pack-advertisement"
                return .page(200, [type], refs)
            }
            try self.expectStall(self.importing(self.url))
        }

        @Test func `a server of plain files that goes silent is given up`() throws {
            _ = try self.bare()
            let part = Data("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nxxxx".utf8)
            self.server.answer = { [folder = self.shop.folder] request in
                request.path.contains("/objects/") ? .partial(part) : .file(in: folder)
            }
            try self.expectStall(self.importing(self.url))
        }

        @Test func `a git server that never answers is given up`() throws {
            let listener = try SilentListener()
            defer { withExtendedLifetime(listener) {} }
            try self.expectStall(self.importing("git://127.0.0.1:\(listener.port)/x.git"))
        }

        @Test func `an ssh that goes silent is ended with its helpers`() throws {
            let source = try self.bare()
            let pipe = self.shop.folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            self.shop.environment["GIT_SSH_COMMAND"] =
                "exec 5> \(pipe); (trap '' TERM; git-upload-pack \(source) | head -c 100000; "
                + "sleep 1000; sleep 1000); :"
            let reader = PipeReader(self.shop.reactor, pipe)
            try self.expectStall(self.importing("ssh://h/x.git"))
            // The pipe reaches its end when the last helper has died.
            try self.shop.turn(until: { reader.isAtEnd })
        }

        @Test func `a stall during a later fetch leaves the mirror as it was`() throws {
            let served = try self.bare()
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.importing(self.url).code == 0)
            let mirror = try self.shop.mirror()
            let before = FileManager.default.subpaths(atPath: mirror)?.sorted()
            let source = self.shop.folder + "/source"
            try self.shop.commit("three", in: source)
            try self.shop.git("push", "--quiet", served, "main", in: source)
            try self.shop.git("update-server-info", in: served)
            let part = Data("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nxxxx".utf8)
            self.server.answer = { [folder = self.shop.folder] request in
                request.path.contains("/objects/") ? .partial(part) : .file(in: folder)
            }
            #expect(try self.importing(self.url).code == 75)
            #expect(FileManager.default.subpaths(atPath: mirror)?.sorted() == before)
        }

        // MARK: - Busy but silent phases

        /// Makes git do something before each fetch.
        private func slowFetch(_ script: String) throws {
            let search = "PATH='\(self.shop.environment["PATH"] ?? "")'"
            try self.shop.fakeGit(
                "case \" $* \" in *' fetch '*) \(script) ;; esac; \(search) exec git \"$@\""
            )
        }

        private static let busy =
            "end=$(($(date +%s) + 4)); while [ $(date +%s) -lt $end ]; do i=0; "
            + "while [ $i -lt 20000 ]; do i=$((i + 1)); done; done"

        @Test func `a git that is busy and silent for longer than the limit is no stall`() throws {
            let source = try self.shop.repository()
            try self.slowFetch(Self.busy)
            self.shop.environment["IMPORT_INACTIVITY_TIMEOUT"] = "1.5"
            let run = try self.importing(source)
            #expect(run.code == 0, "\(run.output)")
            #expect(run.output.contains("Still working"), "\(run.output)")
        }

        @Test func `a git that only writes is no stall`() throws {
            let source = try self.shop.repository()
            try self.slowFetch("for i in 1 2 3 4 5 6 7 8; do echo x >> file; sleep 0.4; done")
            #expect(try self.importing(source).code == 0)
        }

        @Test func `a limit of 0 disables the end of a stall`() throws {
            let source = try self.shop.repository()
            try self.slowFetch("sleep 3")
            #expect(try self.importing(source, limit: "0").code == 0)
            #expect(try self.importing(source, limit: "x").code == 64)
            #expect(try self.importing(source, limit: "-1").code == 64)
        }

        @Test func `a wait is shown before the limit`() throws {
            self.shop.environment["IMPORT_INACTIVITY_TIMEOUT"] = "1"
            self.server.answer = { _ in .never }
            let run = try self.importing(self.url, limit: "2")
            #expect(run.output.contains("Waiting: git has shown no sign of life for "))
            #expect(run.output.contains("It is ended after 2.0 s."))
        }
    }
}

#endif
