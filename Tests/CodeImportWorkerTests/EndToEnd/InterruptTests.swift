// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing

extension EndToEndTests {
    /// Signals in the middle of a clone, from a server that does not answer.
    struct InterruptTests {
        private let shop: Workshop
        private let server: LoopbackServer
        private let url: String

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
            self.url = "http://\(self.server.host)/x.git"
            self.server.answer = { _ in .never }
        }

        /// Starts an import and waits until git is in the middle of it.
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
        func `a signal for the group ends both, and the next run clones anew`(signal: Signal) throws
        {
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
        func `a signal for the worker alone ends git too`(signal: Signal) throws {
            // The pipe ends when all that have it open for writing have gone: the fake git.
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

        @Test(arguments: [Signal.interrupt, .terminate, .kill])
        func `what git leaves when the worker alone is ended is removed`(signal: Signal) throws {
            let run = try self.stuck()
            try run.transport?.signalProcess(signal)
            try self.shop.wait(for: run)
            #expect(self.shop.mirrorNames.map { $0.hasSuffix(".part") } == [true])

            // Git's helper for HTTP waits for the answer, whoever has died.
            self.server.hangUp()
            try self.serve()
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(self.shop.mirrorNames.map { $0.hasSuffix(".git") } == [true])
        }

        @Test func `a second worker leaves the mirror to the first, and names it`() throws {
            let first = try self.stuck()
            let pid = try #require(first.transport?.pid)
            let second = try self.shop.importing(self.url)
            #expect(second.code == 1)
            #expect(second.lines.last?.hasPrefix("Failed: Process \(pid) is at work on ") == true)
            #expect(first.end == nil)

            self.server.answer = { _ in .status(404) }
            #expect(try self.shop.importing("\(self.url)/other").code == 4)
            try first.transport?.signalProcess(.kill, to: .group)
            try self.shop.wait(for: first)
        }
    }
}
