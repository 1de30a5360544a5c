// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// The steps of a scripted child that concern its input, and full pipes.
@Suite struct `Scripted input` {
    private func spawn(
        _ steps: [MemoryStep],
        _ change: (inout SpawnRequest) -> Void = { _ in }
    ) throws -> (MemoryReactor, RecordingProtocol, MemoryProcess) {
        let reactor = MemoryReactor()
        reactor.programs = { _ in steps }
        let child = RecordingProtocol()
        var request = SpawnRequest("child")
        change(&request)
        try reactor.spawnProcess(child, request)
        reactor.advance(by: .zero)
        return (reactor, child, reactor.processes[0])
    }

    @Test func `a child answers a text that arrives in pieces and among other input`() throws {
        let (reactor, child, process) = try self.spawn([
            .whenItReads("ping", write: "pong"), .whenItReads("bye", [.write("!"), .exit(3)]),
        ])
        for piece in ["xxpi", "n"] {
            process.write(piece)
            reactor.advance(by: .zero)
        }
        #expect(child.text() == "")
        process.write("g by")
        reactor.advance(by: .zero)
        #expect(child.text() == "pong")
        process.write("e")
        reactor.advance(by: .zero)
        #expect(child.text() == "pong!")
        #expect(child.end?.exit == .exited(code: 3))
    }

    @Test func `two texts in one write are answered in order`() throws {
        let (reactor, child, process) = try self.spawn([
            .whenItReads("a\n", write: "1"), .whenItReads("a\n", write: "2"), .pause,
        ])
        process.write("a\na\n")
        reactor.advance(by: .zero)
        #expect(child.text() == "12")
    }

    @Test func `input before the step counts, and the rest is left for the next step`() throws {
        let (reactor, child, process) = try self.spawn([
            .wait(.seconds(1)), .whenItReads("a", write: "1"), .echoInput,
        ])
        process.write("abc")
        reactor.advance(by: .seconds(1))
        #expect(child.text() == "1bc")
    }

    @Test func `the end of the input skips the answer, and the script continues`() throws {
        let (reactor, child, process) = try self.spawn([
            .whenItReads("never", write: "no"), .write("end"), .exit(4),
        ])
        process.write("neve")
        process.closeStdin()
        reactor.advance(by: .zero)
        #expect(child.text() == "end")
        #expect(child.end?.exit == .exited(code: 4))
    }

    @Test func `a descendant and a terminal can be asked too`() throws {
        let (reactor, child, process) = try self.spawn(
            [.start([.whenItReads("x", write: "y"), .pause]), .pause]
        ) { $0.streams = .terminal() }
        reactor.advance(by: .zero)
        process.write("x")
        reactor.advance(by: .zero)
        #expect(child.text() == "y")
    }

    @Test func `a child that does not read fills its pipe and then the queue`() throws {
        let (reactor, child, process) = try self.spawn([.stopReading, .pause]) {
            $0.writeLimit = 100_000
        }
        let bytes = [UInt8](repeating: 7, count: 65_536)
        #expect(process.write(bytes) == .acceptedButFull)
        reactor.advance(by: .zero)
        // The pipe has taken everything.
        #expect(child.events.filter { $0 == .emptied(0) }.count == 1)
        #expect(process.write(bytes) == .acceptedButFull)
        reactor.advance(by: .zero)
        #expect(child.events.filter { $0 == .emptied(0) }.count == 1)
        #expect(process.write(bytes) == .refused)
        #expect(process.write([1]) == .acceptedButFull)
        process.startReading()
        reactor.advance(by: .zero)
        #expect(child.events.filter { $0 == .emptied(0) }.count == 2)
        #expect(process.written[0]?.count == 131_073)
        #expect(process.write([1]) == .accepted)
    }

    @Test func `a stream is closed when the child has read what was queued`() throws {
        let (reactor, child, process) = try self.spawn([
            .stopReading, .wait(.seconds(5)), .startReading, .echoInput,
        ])
        process.write(Array(repeating: 65, count: 70_000))
        process.closeStdin()
        reactor.advance(by: .seconds(4))
        #expect(!child.events.contains(.lost(0)))
        #expect(process.write([1]) == .refused)
        reactor.advance(by: .seconds(1))
        #expect(child.text().count == 70_000)
        #expect(child.events.contains(.lost(0)))
        #expect(child.end?.exit == .exited(code: 0))
    }

    @Test func `a child that writes to a full pipe blocks until the protocol resumes`() throws {
        let chunk = MemoryStep.writeBytes(Array(repeating: 65, count: 40_000))
        let (reactor, child, process) = try self.spawn([
            .wait(.seconds(1)), chunk, chunk, .exit(0),
        ])
        process.pauseProducing()
        reactor.advance(by: .seconds(10))
        #expect(child.text() == "")
        #expect(child.end == nil)
        process.resumeProducing()
        reactor.advance(by: .zero)
        #expect(child.text().count == 80_000)
        #expect(child.end?.exit == .exited(code: 0))
    }

    @Test func `a process that hangs survives SIGKILL`() throws {
        let (reactor, child, process) = try self.spawn([.hang])
        try process.signalProcess(.kill)
        reactor.advance(by: .seconds(10))
        #expect(child.end == nil)
        #expect(!process.isGone)
    }
}
