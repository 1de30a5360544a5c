// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// A reactor on a libev loop that the host owns and runs (`LibevReactor(borrowing:)`).
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct `Borrowed loops` {
    @Test func `a host's loop runs delayed calls and ends when none is left`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var ran: [Int] = []
        reactor.callLater(.milliseconds(2)) { ran.append(2) }
        reactor.callLater(.milliseconds(1)) {
            ran.append(1)
            reactor.callLater(.milliseconds(5)) { ran.append(3) }
        }
        host.run()
        #expect(ran == [1, 2, 3])
    }

    @Test func `an idle reactor does not keep the host's loop running`() throws {
        let host = try #require(HostLoop())
        host.run()
        #expect(host.reactor?.isRunning == true)
    }

    @Test func `a child runs and ends on the host's loop`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        let child = RecordingProtocol()
        try reactor.spawn(child, [.out("hello"), .exit(4)])
        host.run()
        #expect(child.text() == "hello")
        #expect(child.end?.exit == .exited(code: 4))
    }

    @Test func `a reactor on a host's loop is running and is the current reactor in each turn`()
        throws
    {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var seen: [Bool] = []
        reactor.callWhenRunning { seen.append(true) }
        #expect(seen == [true])
        host.inHostCode { seen.append(LibevReactor.current === reactor) }
        reactor.callLater(.zero) { seen.append(LibevReactor.current === reactor) }
        host.run()
        #expect(seen == [true, true, true])
        #expect(CurrentReactor.reactorIfAny == nil)
    }

    @Test func `a delayed call that the host's code makes counts from the current turn`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var delays: [Duration] = []
        host.inHostCode {
            let made = reactor.now
            reactor.callLater(.milliseconds(10)) { delays.append(reactor.now - made) }
        }
        host.run()
        #expect(delays.count == 1)
        #expect(delays.allSatisfy { $0 >= .milliseconds(10) && $0 < .seconds(10) })
    }

    @Test func `a message from another thread wakes the host's loop`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var ran = false
        // A timer of the host keeps its loop running. It fires after 30 seconds, far too late to be
        // the event that ends the wait.
        host.inHostCode(after: 30) {}
        let handle = reactor.handle
        startThread { handle.callFromThread { LibevReactor.current?.callLater(.zero) {} } }
        reactor.callLater(.seconds(20)) { ran = true }
        while reactor.delayedCalls.count < 2, !ran { host.turn() }
        #expect(!ran)
    }

    @Test func `stop() ends the reactor but not the host's loop`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var seen: [String] = []
        reactor.addTrigger(.before, .shutdown) {
            seen.append("before, current: \(LibevReactor.current === reactor)")
        }
        reactor.addTrigger(.after, .shutdown) {
            seen.append("after")
            host.inHostCode { seen.append("host") }
        }
        reactor.callLater(.zero) { reactor.stop() }
        reactor.callLater(.seconds(100)) { seen.append("dropped") }
        host.run()
        #expect(seen == ["before, current: true", "after", "host"])
        #expect(!reactor.isRunning)
        #expect(!reactor.handle.callFromThread {})
    }

    @Test func `host code can shut down and release the reactor inside the loop`() throws {
        let host = try #require(HostLoop())
        weak let seen = host.reactor
        host.reactor?.callLater(.seconds(100)) {}
        host.inHostCode {
            host.reactor?.shutDown()
            host.releaseReactor()
            #expect(CurrentReactor.reactorIfAny == nil)
        }
        host.run()
        #expect(seen == nil)
        #expect(CurrentReactor.reactorIfAny == nil)
    }

    // A second process keeps the stream open, so that the stream is lost at the end of the child
    // and not at an end of file.
    @Test func `a host can shut down the reactor when a child loses its last stream`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        let child = RecordingProtocol()
        child.onLost = { _ in reactor.shutDown() }
        try reactor.spawn(child, [.child([.wait(milliseconds: 300)]), .exit(0)]) {
            $0.streams = .descriptors([1: .read])
        }
        while !child.story.contains(.lost(1)) { host.turn() }
        #expect(child.story.contains(.exited(.exited(code: 0))))
        child.onLost = { _ in }
    }

    @Test func `host code can release the reactor inside the loop without shutting it down`() throws
    {
        let host = try #require(HostLoop())
        weak let seen = host.reactor
        host.inHostCode { host.releaseReactor() }
        host.run()
        #expect(seen == nil)
        #expect(CurrentReactor.reactorIfAny == nil)
    }
}
