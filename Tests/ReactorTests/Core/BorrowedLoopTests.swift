// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// A reactor on a loop that the host owns and runs.
@Suite(.leavesNothingBehind, .timeLimit(.minutes(5))) struct BorrowedLoopTests {
    @Test func `delayed calls run on the host's loop, which ends when none is left`() throws {
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

    @Test func `a host's loop does not go on for the sake of an idle reactor`() throws {
        let host = try #require(HostLoop())
        host.run()
        #expect(host.reactor?.isRunning == true)
    }

    @Test func `a child ends on the host's loop`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        let child = RecordingProtocol()
        try reactor.spawn(child, [.out("hello"), .exit(4)])
        host.run()
        #expect(child.text() == "hello")
        #expect(child.end?.exit == .exited(code: 4))
    }

    @Test func `the reactor counts as running, and is current, in the host's turns`() throws {
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

    @Test func `a call from the host's code counts from the time of its turn`() throws {
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

    @Test func `a call from a thread wakes the host's loop`() throws {
        let host = try #require(HostLoop())
        let reactor = try #require(host.reactor)
        var ran = false
        // The host's own reason to go on; it would end the wait much too late.
        host.inHostCode(after: 30) {}
        let handle = reactor.handle
        startThread { handle.callFromThread { LibevReactor.current?.callLater(.zero) {} } }
        reactor.callLater(.seconds(20)) { ran = true }
        while reactor.delayedCalls.count < 2, !ran { host.turn() }
        #expect(!ran)
    }

    @Test func `a stop ends the reactor and not the host's loop`() throws {
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

    @Test func `the host may shut the reactor down and release it in its own code`() throws {
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

    // Its streams are held by another, so their loss is told by its end.
    @Test func `the host may shut the reactor down at the last words of a child`() throws {
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

    @Test func `the host may release the reactor in its own code without a word`() throws {
        let host = try #require(HostLoop())
        weak let seen = host.reactor
        host.inHostCode { host.releaseReactor() }
        host.run()
        #expect(seen == nil)
        #expect(CurrentReactor.reactorIfAny == nil)
    }
}
