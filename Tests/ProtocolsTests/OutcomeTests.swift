// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// The outcome for each order in which the exit, errors and notifications can occur.
@Suite struct `Outcome of a monitored process` {
    private let first = TestFailure("first")
    private let second = TestFailure("second")

    /// Queues a notification that increments `calls`.
    private func count(_ calls: Counter, on scene: Scene<ProcessMonitorProtocol>) {
        scene.subject.runNotification {
            calls.count += 1
            return .succeeded(())
        }
    }

    private final class Counter {
        var count = 0
    }

    private let exitedWith1 = ProcessTerminated(exit: .exited(code: 1))

    @Test func `the deferred succeeds inside the call that reports a clean exit`() {
        playMonitor { scene in
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
        }
    }

    @Test(arguments: [
        ProcessExit.exited(code: 1), .exited(code: 255), .signaled(.kill, coreDumped: false),
        .signaled(.segmentationFault, coreDumped: true), .unknown,
    ])
    func `the deferred fails for every exit other than code 0`(exit: ProcessExit) {
        playMonitor { scene in
            scene.transport.end(exit)
            #expect(scene.error as? ProcessTerminated == ProcessTerminated(exit: exit))
            #expect(scene.log.lines.isEmpty)
        }
    }

    @Test
    func `a failed notification is the outcome and not the death from the signal that follows`() {
        playMonitor { scene in
            scene.transport.onlyKillKills = true
            scene.subject.runNotification { .failed(self.first) }
            #expect(scene.isPending)
            scene.clock.advance(by: .seconds(5))
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.subject.end?.exit.signal == .kill)
            #expect(scene.log.lines.isEmpty)
        }
    }

    @Test func `an error is the outcome even if a clean exit follows`() {
        playMonitor { scene in
            scene.transport.survivesEverything = true
            scene.subject.unexpectedError(self.first)
            scene.transport.simulateProcessExit()
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    @Test func `a clean exit is the outcome after the queued notifications have run`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            let calls = Counter()
            scene.subject.runNotification { running }
            self.count(calls, on: scene)
            self.count(calls, on: scene)
            scene.transport.simulateProcessExit()
            #expect(calls.count == 0)
            running.succeed()
            #expect(calls.count == 2)
            #expect(scene.hasSucceeded)
        }
    }

    @Test
    func
        `a failure after a clean exit is the outcome and queued notifications are skipped`()
    {
        playMonitor { scene in
            let running = Deferred<Void>()
            let calls = Counter()
            scene.subject.runNotification { running }
            self.count(calls, on: scene)
            scene.transport.simulateProcessExit()
            running.fail(self.first)
            #expect(calls.count == 0)
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.transport.signals.isEmpty)
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    @Test func `an unclean exit is the outcome and the queued notifications are skipped`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            let calls = Counter()
            scene.subject.runNotification { running }
            self.count(calls, on: scene)
            scene.transport.simulateProcessExit(clean: false)
            running.succeed()
            #expect(calls.count == 0)
            #expect(scene.error as? ProcessTerminated == self.exitedWith1)
        }
    }

    @Test func `an unclean exit is the outcome and a later failure is logged`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            scene.subject.runNotification { running }
            scene.transport.simulateProcessExit(clean: false)
            running.fail(self.second)
            #expect(scene.error as? ProcessTerminated == self.exitedWith1)
            #expect(scene.log.errors.count == 1)
        }
    }

    @Test func `the first error is the outcome and a later failure is logged`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            scene.subject.runNotification { running }
            scene.subject.unexpectedError(self.first)
            running.fail(self.second)
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.log.errors.count == 1)
        }
    }

    @Test func `no notification runs after an error`() {
        playMonitor { scene in
            scene.transport.survivesEverything = true
            let calls = Counter()
            scene.subject.unexpectedError(self.first)
            self.count(calls, on: scene)
            #expect(calls.count == 0)
            scene.transport.end(.signaled(.kill, coreDumped: false))
            #expect(scene.error as? TestFailure == self.first)
        }
    }

    @Test
    func `there is no outcome while a notification is pending, even after the process has ended`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            let calls = Counter()
            scene.subject.runNotification { running }
            self.count(calls, on: scene)
            scene.transport.simulateProcessExit()
            scene.clock.advance(by: .seconds(1_000_000))
            #expect(scene.isPending)
            // At its end, `playMonitor` checks that releasing `running` leaves nothing behind.
        }
    }

    @Test func `a notification after the outcome still runs`() {
        playMonitor { scene in
            let calls = Counter()
            scene.transport.simulateProcessExit()
            self.count(calls, on: scene)
            #expect(calls.count == 1)
            #expect(scene.hasSucceeded)
        }
    }

    // Launchpad's worker monitor fired its deferred twice, an error that went unnoticed.
    @Test func `the outcome is reported once even if the end is reported twice`() {
        playMonitor { scene in
            scene.transport.simulateProcessExit()
            scene.subject.processEnded(ProcessEnd(exit: .exited(code: 1)))
            #expect(scene.hasSucceeded)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    @Test func `the first of several errors is the outcome and the others are logged`() {
        playMonitor { scene in
            scene.transport.survivesEverything = true
            for name in ["first", "second", "third"] {
                scene.subject.unexpectedError(TestFailure(name))
            }
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.log.errors.count == 2)
            #expect(scene.subject.terminationFailure as? TestFailure == self.first)
        }
    }
}
