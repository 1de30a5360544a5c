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

    @Test(arguments: [true, false])
    func `an exit that precedes a signal is handled before the signal`(isRecent: Bool) async {
        await #expect(processExitsWith: .success) { [isRecent] in
            let reactor = LibevReactor()
            let child = RecordingProtocol()
            var transport: (any ProcessTransport)?
            var seen: [ProcessExit?] = []
            try reactor.handleSignal(.user1) { _ in
                seen.append(transport?.exit)
                #expect(child.story.contains(.exited(.exited(code: 3))))
                reactor.stop()
            }
            reactor.callWhenRunning {
                do {
                    let started = try reactor.spawn(child, [.exit(3)])
                    transport = started
                    let pid = try #require(started.pid)
                    // In the first case the child exits in the turn in which it was started.
                    let raiseSignal = {
                        var information = siginfo_t()
                        waitid(P_PID, UInt32(pid), &information, WEXITED | WNOWAIT)
                        kill(getpid(), SIGUSR1)
                    }
                    if isRecent { raiseSignal() } else { reactor.callLater(.zero, raiseSignal) }
                } catch {
                    Issue.record(error)
                }
            }
            reactor.runToStop()
            #expect(seen == [.exited(code: 3)])
        }
    }

    @Test func `a delayed call that a signal wakes runs after the descriptors`() async {
        await #expect(processExitsWith: .success) {
            let reactor = LibevReactor()
            let pipe = try KernelPipe()
            var events: [String] = []
            let watch = reactor.addReader(pipe.readEnd) {
                events.append("data")
                reactor.stop()
            }
            // The signal interrupts the wait. Its handler, which stands for a stop of the program,
            // returns when the delayed call is due and the pipe has data.
            PauseInHandler.pipe = pipe.writeEnd
            signal(SIGUSR2) { _ in PauseInHandler.pauseUntilDue() }
            // The thread of an exit test may block all signals.
            var signals = sigset_t()
            sigaddset(&signals, SIGUSR2)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            reactor.callWhenRunning {
                PauseInHandler.due = ContinuousClock.now + .milliseconds(100)
                reactor.callLater(.milliseconds(100)) { events.append("timer") }
                let thread = pthread_self()
                startThread { pthread_kill(thread, SIGUSR2) }
            }
            reactor.runToStop()
            #expect(events.first == "data")
            watch.remove()
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

/// A signal handler that returns only when a delayed call is due.
private enum PauseInHandler {
    // The test sets these before it sends the signal, and the handler runs on the thread that has
    // set them, so `nonisolated(unsafe)` is sound.
    nonisolated(unsafe) static var due = ContinuousClock.now
    nonisolated(unsafe) static var pipe: Int32 = -1

    static func pauseUntilDue() {
        var byte: UInt8 = 1
        write(self.pipe, &byte, 1)
        while ContinuousClock.now < self.due + .milliseconds(2) {}
    }
}
