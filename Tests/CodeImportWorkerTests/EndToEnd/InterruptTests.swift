// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing

extension `End-to-end imports` {
    /// Signals during a clone from a server that does not respond.
    struct `Interrupted imports` {
        private let shop: Workshop
        private let server: LoopbackServer
        private let url: String

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
            self.url = "http://\(self.server.host)/x.git"
            self.server.answer = { _ in .never }
        }

        /// Starts an import, and waits until git is waiting for the server.
        private func stuck() throws -> TestProgram {
            let before = self.server.requests.count
            let run = try self.shop.startImporting(self.url)
            try self.shop.turn(until: { self.server.requests.count > before })
            return run
        }

        private func serve() throws {
            let source = try self.shop.repository()
            try self.shop.git("clone", "--quiet", "--bare", source, "x.git")
            try self.shop.git("update-server-info", in: self.shop.folder + "/x.git")
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
        }

        @Test(arguments: [Signal.interrupt, .terminate, .kill])
        func `a signal to the process group ends worker and git, and the next run clones again`(
            signal: Signal
        ) throws {
            let run = try self.stuck()
            try run.transport?.signalProcess(signal, to: .group)
            try self.shop.wait(for: run)
            #expect(run.end?.exit.signal == signal)
            try self.shop.turn(until: { self.server.hangUps == 1 })
            #expect(!self.shop.mirrorNames.contains { $0.hasSuffix(".git") })

            try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(self.shop.mirrorNames.map { $0.hasSuffix(".git") } == [true])
        }

        @Test(arguments: [Signal.interrupt, .terminate, .kill])
        func `a signal to the worker alone ends git, too`(signal: Signal) throws {
            // The pipe reaches its end when the fake git, its only writer, has died.
            let pipe = self.shop.folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            try self.shop.fakeGit("exec 3> \(pipe); echo started >&3; exec sleep 1000")
            let run = try self.shop.startImporting("source")
            let reader = PipeReader(self.shop.reactor, pipe)
            try self.shop.turn(until: { reader.text == "started\n" || run.end != nil })
            try #require(run.end == nil, "\(run.output)")
            try run.transport?.signalProcess(signal)
            try self.shop.turn(until: { reader.isAtEnd })
            try self.shop.wait(for: run)
            #expect(run.end?.exit.signal == signal)
        }

        @Test(arguments: [Signal.interrupt, .terminate, .hangup])
        func `an interrupted worker removes its files and the helpers of git before it ends`(
            signal: Signal
        ) throws {
            let run = try self.stuck()
            try run.transport?.signalProcess(signal)
            try self.shop.wait(for: run)
            #expect(run.end?.exit.signal == signal)
            #expect(run.lines.last == "Failed: \(signal) interrupted the import.")
            #expect(self.shop.mirrorNames == [])
            try self.shop.turn(until: { self.server.hangUps == 1 })
        }

        @Test func `the next run ends the helpers of a killed worker, and removes its files`()
            throws
        {
            // Without this setting the helper may die from SIGPIPE, because it writes a trace.
            self.shop.environment["GIT_TRACE_CURL"] = "false"
            let run = try self.stuck()
            try run.transport?.signalProcess(.kill)
            try self.shop.wait(for: run)
            #expect(self.shop.mirrorNames.map { $0.hasSuffix(".part") } == [true])

            // git-remote-http still waits for the response after its parent has died.
            #expect(self.server.hangUps == 0)
            try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(self.server.hangUps == 1)
            #expect(self.shop.mirrorNames.map { $0.hasSuffix(".git") } == [true])
        }

        @Test func `the next fetch ends the helpers of a killed fetch`() throws {
            try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            self.server.answer = { _ in .never }
            let run = try self.stuck()
            try run.transport?.signalProcess(.kill)
            try self.shop.wait(for: run)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.shop.importing(self.url).code == 2)
            #expect(self.server.hangUps == 1)
        }

        @Test func `a failed fetch leaves no object in the mirror`() throws {
            try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            let mirror = try self.shop.mirror()
            let before = FileManager.default.subpaths(atPath: mirror)?.sorted()
            let served = self.shop.folder + "/x.git"
            let source = self.shop.folder + "/source"
            for text in ["two", "three", "four"] { try self.shop.commit(text, in: source) }
            try self.shop.git("push", "--quiet", served, "main", in: source)
            try self.shop.git("update-server-info", in: served)
            let tree = try self.shop.git("rev-parse", "HEAD~1^{tree}", in: source)
            try FileManager.default.removeItem(
                atPath: "\(served)/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"
            )
            let run = try self.shop.importing(self.url)
            #expect(run.code == 7, "\(run.output)")
            #expect(FileManager.default.subpaths(atPath: mirror)?.sorted() == before)
        }

        @Test func `a second worker leaves the mirror to the first one, and names its process id`()
            throws
        {
            let first = try self.stuck()
            let pid = try #require(first.transport?.pid)
            let second = try self.shop.importing(self.url)
            #expect(second.code == 71)
            #expect(second.lines.last?.hasPrefix("Failed: Process \(pid) is working on ") == true)
            #expect(first.end == nil)

            self.server.answer = { _ in .status(404) }
            #expect(try self.shop.importing("\(self.url)/other").code == 4)
            try first.transport?.signalProcess(.kill, to: .group)
            try self.shop.wait(for: first)
        }
    }
}

#endif
