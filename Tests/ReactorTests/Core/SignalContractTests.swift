// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import ReactorTesting
import Testing

/// Handlers of signals, on both reactors.
///
/// Each test runs in a process of its own, because a signal concerns the whole process.
@Suite(.timeLimit(.minutes(5))) struct `Handled signals` {
    @Test(arguments: ReactorKind.allCases)
    func `a handler is called on the loop, and the newest one replaces the others`(
        kind: ReactorKind
    ) async {
        await #expect(processExitsWith: .success) { [kind] in
            try kind.withReactor { reactor in
                var calls: [String] = []
                try reactor.handleSignal(.terminate) { calls.append("old \($0)") }
                try reactor.handleSignal(.terminate) { calls.append("new \($0)") }
                try reactor.handleSignal(.hangup) { calls.append("\($0)") }
                reactor.send(.terminate)
                reactor.send(.hangup)
                #expect(calls.isEmpty)
                reactor.turn(until: { calls.count == 2 })
                #expect(calls.sorted() == ["SIGHUP", "new SIGTERM"])
            }
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `a signal that is no longer handled calls nothing`(kind: ReactorKind) async {
        await #expect(processExitsWith: .success) { [kind] in
            try kind.withReactor { reactor in
                var calls = 0
                // By default this signal is ignored, so it may arrive late.
                try reactor.handleSignal(.windowChange) { _ in calls += 1 }
                reactor.send(.windowChange)
                reactor.stopHandlingSignal(.windowChange)
                reactor.stopHandlingSignal(.user2)
                reactor.iterate(.zero)
                #expect(calls == 0)
            }
        }
    }

    @Test(arguments: ReactorKind.allCases, [SIGKILL, SIGSTOP, 0, 65, -1])
    func `a signal that cannot be caught is refused`(kind: ReactorKind, number: Int32) {
        kind.withReactor { reactor in
            let signal = Signal(rawValue: number)
            #expect(throws: SignalError(signal: signal, errno: EINVAL)) {
                try reactor.handleSignal(signal) { _ in }
            }
        }
    }

    @Test func `a delivered signal without a handler is reported to the test`() throws {
        let reactor = MemoryReactor()
        #expect(!reactor.deliverSignal(.terminate))
        try reactor.handleSignal(.terminate) { _ in reactor.stop() }
        #expect(reactor.deliverSignal(.terminate))
        reactor.run()
    }
}

extension ContractReactor {
    /// Sends a signal to this program.
    fileprivate func send(_ signal: Signal) {
        if let memory = self as? MemoryReactor {
            memory.deliverSignal(signal)
        } else {
            // Another thread of the process may take the signal, a moment after this call.
            kill(getpid(), signal.rawValue)
        }
    }
}
