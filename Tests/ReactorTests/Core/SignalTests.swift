// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Testing

/// Signals that a reactor handles.
///
/// The actions of signals belong to the whole process, so most tests run in a process of their own
/// (an exit test).
@Suite(.timeLimit(.minutes(5))) struct `Signals of the program` {
    @Test func `the handler of a signal runs on the loop in a later turn`() async {
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

    @Test func `handling a signal again replaces its handler`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            try reactor.handleSignal(.user1) { _ in Issue.record("The first body was called.") }
            try reactor.handleSignal(.user1) { _ in reactor.stop() }
            reactor.callWhenRunning { kill(getpid(), SIGUSR1) }
            reactor.runToStop()
        }
    }

    // Twisted leaves its own handler installed (Twisted issue 11761).
    @Test func `the end of the handling restores the previous action of a signal exactly`() async {
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

    @Test func `releasing a reactor restores the previous action of a signal`() async {
        await #expect(processExitsWith: .success) {
            let before = Disposition(of: SIGTERM)
            do {
                let reactor = LibevReactor()
                try reactor.handleSignal(.terminate) { _ in }
            }
            #expect(Disposition(of: SIGTERM) == before)
        }
    }

    @Test func `only one reactor at a time can handle a signal`() async {
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

    @Test func `handling a signal that cannot be caught throws an error`() {
        let reactor = LibevReactor()
        #expect(throws: SignalError(signal: .kill, errno: EINVAL)) {
            try reactor.handleSignal(.kill) { _ in }
        }
        #expect(throws: SignalError.self) {
            try reactor.handleSignal(Signal(rawValue: 4711)) { _ in }
        }
        reactor.stopHandlingSignal(.user2)
    }

    @Test func `a burst of signals neither blocks the program nor is lost as a whole`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            var seen = 0
            try reactor.handleSignal(.user1) { _ in seen += 1 }
            // The pipe of the handler holds 65,536 bytes, one for each signal, and the reactor
            // reads it only later. The handler must not block when the pipe is full.
            for _ in 0..<70_000 { kill(getpid(), SIGUSR1) }
            reactor.callLater(.zero) { reactor.callLater(.milliseconds(50)) { reactor.stop() } }
            reactor.runToStop()
            #expect(seen > 0)
        }
    }
}

/// The action that is installed for a signal.
private struct Disposition: Equatable {
    private let handler: UInt
    private let flags: Int32
    private let mask: [Bool]

    init(of signal: Int32) {
        var action = sigaction()
        sigaction(signal, nil, &action)
        self.handler = unsafeBitCast(action.__sigaction_handler, to: UInt.self)
        // glibc adds the flag SA_RESTORER to each action that it installs.
        self.flags = action.sa_flags & ~0x0400_0000
        self.mask = (1...64).map { sigismember(&action.sa_mask, $0) == 1 }
    }
}
