// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

/// Signals of the process that a reactor handles, each in a program of its own: they belong to the
/// process.
@Suite(.timeLimit(.minutes(5))) struct SignalTests {
    @Test func `a signal is handled on the loop, in a later turn`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            var seen: [Signal] = []
            try reactor.handleSignal(.user1) { signal in
                seen.append(signal)
                #expect(LibevReactor.current === reactor)
                reactor.stop()
            }
            reactor.callWhenRunning {
                kill(getpid(), SIGUSR1)
                #expect(seen == [])
            }
            reactor.runToStop()
            #expect(seen == [.user1])
        }
    }

    @Test func `handling a signal again replaces the body`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            try reactor.handleSignal(.user1) { _ in Issue.record("The first body was called.") }
            try reactor.handleSignal(.user1) { _ in reactor.stop() }
            reactor.callWhenRunning { kill(getpid(), SIGUSR1) }
            reactor.runToStop()
        }
    }

    // sig.uninstall does not put back what was there; ours does (#11761).
    @Test func `what was there before is put back exactly`() async {
        await #expect(processExitsWith: .success) {
            var handler = sigaction()
            handler.__sigaction_handler.sa_handler = { _ in }
            handler.sa_flags = SA_NODEFER
            sigaddset(&handler.sa_mask, SIGHUP)
            sigaction(SIGUSR1, &handler, nil)
            signal(SIGUSR2, SIG_IGN)
            let before = [SIGUSR1, SIGUSR2, SIGTERM].map(Disposition.init)
            let reactor = LibevReactor()
            for signal in [Signal.user1, .user2, .terminate] {
                try reactor.handleSignal(signal) { _ in }
            }
            #expect([SIGUSR1, SIGUSR2, SIGTERM].map(Disposition.init) != before)
            reactor.stopHandlingSignal(.user1)
            #expect(Disposition(of: SIGUSR1) == before[0])
            #expect(Disposition(of: SIGTERM) != before[2])
            reactor.shutDown()
            #expect([SIGUSR1, SIGUSR2, SIGTERM].map(Disposition.init) == before)
        }
    }

    @Test func `a reactor that is let go puts back what was there`() async {
        await #expect(processExitsWith: .success) {
            let before = Disposition(of: SIGTERM)
            do {
                let reactor = LibevReactor()
                try reactor.handleSignal(.terminate) { _ in }
            }
            #expect(Disposition(of: SIGTERM) == before)
        }
    }

    @Test func `a signal belongs to one reactor at a time`() async {
        await #expect(processExitsWith: .success) {
            let first = LibevReactor()
            let second = LibevReactor()
            try first.handleSignal(.user1) { _ in }
            #expect(throws: SignalError(signal: .user1, errno: EBUSY)) {
                try second.handleSignal(.user1) { _ in }
            }
            first.stopHandlingSignal(.user1)
            try second.handleSignal(.user1) { _ in second.stop() }
            second.callWhenRunning { kill(getpid(), SIGUSR1) }
            second.runToStop()
        }
    }

    @Test func `signals that cannot be caught are refused`() {
        let reactor = LibevReactor()
        #expect(throws: SignalError(signal: .kill, errno: EINVAL)) {
            try reactor.handleSignal(.kill) { _ in }
        }
        #expect(throws: SignalError.self) {
            try reactor.handleSignal(Signal(rawValue: 4711)) { _ in }
        }
        reactor.stopHandlingSignal(.user2)
    }

    @Test func `many signals at once lose none that matters and block nobody`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            var seen = 0
            try reactor.handleSignal(.user1) { _ in seen += 1 }
            // More than the pipe holds; the reader comes later.
            for _ in 0..<70_000 { kill(getpid(), SIGUSR1) }
            reactor.callLater(.zero) { reactor.callLater(.milliseconds(50)) { reactor.stop() } }
            reactor.runToStop()
            #expect(seen > 0)
        }
    }
}

/// What is done about a signal.
private struct Disposition: Equatable {
    private let handler: UInt
    private let flags: Int32
    private let mask: [Bool]

    init(of signal: Int32) {
        var action = sigaction()
        sigaction(signal, nil, &action)
        self.handler = unsafeBitCast(action.__sigaction_handler, to: UInt.self)
        // SA_RESTORER is glibc's own and comes with every sigaction(2) that it makes.
        self.flags = action.sa_flags & ~0x0400_0000
        self.mask = (1...64).map { sigismember(&action.sa_mask, $0) == 1 }
    }
}
