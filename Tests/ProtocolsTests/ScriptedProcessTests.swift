// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// Monitors of scripted processes on a memory reactor.
///
/// As on a real reactor, and unlike on the stub transport, signals take effect in a later turn and
/// children have process groups.
@Suite struct `Monitored scripted process` {
    /// A monitored child of a memory reactor, and the result of its deferred.
    private final class Run {
        let reactor: MemoryReactor
        let log = RecordedLog()
        let subject: ProcessMonitorProtocolWithTimeout
        private(set) var result: Result<ProcessEnd, any Error>?
        private(set) var firedAt: Duration?

        init(_ reactor: MemoryReactor, timeout: Duration?, _ request: SpawnRequest) throws {
            self.reactor = reactor
            let deferred = Deferred<ProcessEnd>()
            self.subject = ProcessMonitorProtocolWithTimeout(
                deferred: deferred,
                timeout: timeout,
                clock: reactor
            )
            self.subject.logger = self.log.logger
            deferred.whenFired { [weak self] result in
                self?.result = result
                self?.firedAt = reactor.now
            }
            try reactor.spawnProcess(self.subject, request)
        }

        var end: ProcessEnd? { self.subject.end }
        var error: (any Error)? {
            if case .failure(let error)? = self.result { error } else { nil }
        }
        var sent: [String] { self.subject.signalsSent.map { "\($0.signal) at \($0.at)" } }
    }

    /// Runs a script and checks that no object and no delayed call is left at the end.
    private func run(
        _ steps: [MemoryStep],
        timeout: Duration? = .seconds(5),
        policy: ExitPolicy = .drain(.zero),
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Run) throws -> Void
    ) throws {
        let reactor = MemoryReactor()
        reactor.programs = { _ in steps }
        let leaks = try LeakDetector.leaks(on: reactor) { detector in
            var request = SpawnRequest("scripted")
            request.exitPolicy = policy
            let run = try Run(reactor, timeout: timeout, request)
            detector.track(run)
            detector.track(run.subject)
            try body(run)
        }
        #expect(leaks == [], sourceLocation: sourceLocation)
    }

    @Test func `the deferred succeeds after a clean exit`() throws {
        try self.run([.write("done\n"), .wait(.seconds(2)), .exit(0)]) { run in
            run.reactor.advance(by: .seconds(3))
            #expect(run.firedAt == .seconds(2))
            #expect(run.error == nil)
        }
    }

    @Test func `a silent process that ends from the interrupt receives no other signal`() throws {
        try self.run([.pause]) { run in
            run.reactor.advance(by: .seconds(20))
            #expect(run.sent == ["SIGINT at 5.0 seconds"])
            #expect(run.error is TimeoutError)
            #expect(run.end?.exit.signal == .interrupt)
            #expect(run.firedAt == .seconds(5))
        }
    }

    @Test func `a process that ignores the interrupt is killed`() throws {
        try self.run([.ignore(.interrupt), .pause]) { run in
            run.reactor.advance(by: .seconds(20))
            #expect(run.sent == ["SIGINT at 5.0 seconds", "SIGKILL at 10.0 seconds"])
            #expect(run.error is TimeoutError)
            #expect(run.end?.exit.signal == .kill)
        }
    }

    @Test func `the first error is reported even if the process exits cleanly after the interrupt`()
        throws
    {
        try self.run([.ignore(.interrupt), .wait(.seconds(7)), .exit(0)]) { run in
            run.reactor.advance(by: .seconds(20))
            #expect(run.sent == ["SIGINT at 5.0 seconds"])
            #expect(run.error is TimeoutError)
            #expect(run.end?.exit == .exited(code: 0))
        }
    }

    // Launchpad's worker monitor signaled a single process and not its descendants.
    @Test func `descendants in the group end together with the process`() throws {
        let steps: [MemoryStep] = [.start([.pause]), .start([.start([.pause]), .pause]), .pause]
        try self.run(steps) { run in
            run.reactor.advance(by: .seconds(20))
            #expect(run.reactor.processes[0].isGone)
            #expect(run.sent == ["SIGINT at 5.0 seconds"])
        }
    }

    @Test func `the group is killed if only a descendant ignores the interrupt`() throws {
        let steps: [MemoryStep] = [.start([.ignore(.interrupt), .pause]), .pause]
        let policy = ExitPolicy.drain(
            .seconds(1),
            thenTerminate: GroupTermination(graceAfterOwnersSignal: .seconds(5))
        )
        try self.run(steps, policy: policy) { run in
            run.reactor.advance(by: .milliseconds(9_999))
            #expect(run.end == nil)
            run.reactor.advance(by: .seconds(10))
            #expect(run.sent == ["SIGINT at 5.0 seconds", "SIGKILL at 10.0 seconds"])
            #expect(run.end?.exit.signal == .interrupt)
            #expect(run.end?.signalsToGroup == [])
            #expect(run.reactor.processes[0].isGone)
        }
    }

    // Launchpad's worker monitor turned this success into a timeout.
    @Test func `the deferred succeeds after a clean exit even if a daemon holds the output open`()
        throws
    {
        let steps: [MemoryStep] = [.startDetached([.wait(.seconds(60))]), .exit(0)]
        try self.run(steps, timeout: .seconds(3), policy: .drain(.seconds(10))) { run in
            run.reactor.advance(by: .seconds(60))
            #expect(run.error == nil)
            #expect(run.sent.isEmpty)
            #expect(run.end?.exit == .exited(code: 0))
            #expect(run.end?.cutStreams == [1, 2])
        }
    }

    @Test func `a notification that fails while the process runs terminates the process`() throws {
        try self.run([.pause], timeout: nil) { run in
            let pending = Deferred<Void>()
            run.reactor.advance(by: .seconds(1))
            run.subject.runNotification { pending }
            run.reactor.advance(by: .seconds(1))
            pending.fail(TestFailure("notification"))
            #expect(run.result == nil)
            run.reactor.advance(by: .zero)
            #expect(run.error as? TestFailure == TestFailure("notification"))
            #expect(run.sent == ["SIGINT at 2.0 seconds"])
        }
    }

    @Test func `the deferred waits for the process and then for its last notification`() throws {
        try self.run([.exit(0)]) { run in
            let pending = Deferred<Void>()
            run.subject.runNotification { pending }
            run.reactor.advance(by: .seconds(60))
            #expect(run.end != nil)
            #expect(run.result == nil)
            pending.succeed()
            #expect(run.error == nil)
            #expect(run.firedAt == .seconds(60))
        }
    }

    @Test func `an error before the connection terminates the process`() throws {
        try self.run([.ignore(.interrupt), .pause], timeout: nil) { run in
            run.subject.unexpectedError(TestFailure("early"))
            run.reactor.advance(by: .seconds(20))
            #expect(run.sent == ["SIGINT at 0.0 seconds", "SIGKILL at 5.0 seconds"])
            #expect(run.error as? TestFailure == TestFailure("early"))
        }
    }

    @Test func `a process that ends before a postponed termination leaves no timer`() throws {
        try self.run([.exit(0)], timeout: nil) { run in
            run.subject.terminateProcess()
            run.reactor.advance(by: .seconds(1))
            #expect(run.end != nil)
        }
    }

    @Test func `a kill during the wait after the interrupt sends SIGKILL at once`() throws {
        try self.run([.ignore(.interrupt), .pause], timeout: nil) { run in
            run.reactor.advance(by: .seconds(1))
            run.subject.terminateProcess()
            run.reactor.advance(by: .seconds(1))
            run.subject.killProcess()
            run.subject.killProcess()
            run.reactor.advance(by: .seconds(20))
            #expect(run.sent == ["SIGINT at 1.0 seconds", "SIGKILL at 2.0 seconds"])
        }
    }

    @Test(arguments: [false, true])
    func `a kill before any interrupt sends only SIGKILL`(early: Bool) throws {
        try self.run([.ignore(.interrupt), .pause], timeout: nil) { run in
            if early {
                run.subject.terminateProcess()
                run.subject.killProcess()
            }
            run.reactor.advance(by: .seconds(1))
            if !early { run.subject.killProcess() }
            run.reactor.advance(by: .seconds(20))
            #expect(run.subject.signalsSent.map(\.signal) == [.kill])
            #expect(run.end?.exit.signal == .kill)
        }
    }
}
