// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

/// Every row of the table in reference §1.2: what happens in which order, and what the deferred
/// fires with.
@Suite struct `The outcome of a monitored process` {
    private let first = TestFailure("first")
    private let second = TestFailure("second")

    /// Queues a notification that counts itself.
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

    // Row: clean exit, lock free.
    @Test func `is the end of a clean exit, inside of that`() {
        playMonitor { scene in
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
        }
    }

    // Row: exit ≠ 0 or signal, lock free.
    @Test(arguments: [
        ProcessExit.exited(code: 1), .exited(code: 255), .signaled(.kill, coreDumped: false),
        .signaled(.segmentationFault, coreDumped: true), .unknown,
    ])
    func `is any exit that is not clean`(exit: ProcessExit) {
        playMonitor { scene in
            scene.transport.end(exit)
            #expect(scene.error as? ProcessTerminated == ProcessTerminated(exit: exit))
            #expect(scene.log.lines.isEmpty)
        }
    }

    // Row: notification fails, process then dies of the signal.
    @Test func `is the failed notification, not the death that followed`() {
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

    // Row: error recorded, process then exits 0.
    @Test func `is the error, not the clean exit after it`() {
        playMonitor { scene in
            scene.transport.survivesEverything = true
            scene.subject.unexpectedError(self.first)
            scene.transport.simulateProcessExit()
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    // Row: clean exit while N1 runs, N1 then succeeds.
    @Test func `is the clean exit, after those that were queued have run`() {
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

    // Row: clean exit while N1 runs, N1 then fails.
    @Test func `is the failure of what ran at the clean exit, and those queued are dropped`() {
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

    // Row: exit ≠ 0 while N1 runs, N1 succeeds.
    @Test func `is the unclean exit, and those queued are dropped`() {
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

    // Row: exit ≠ 0 while N1 runs, N1 fails later.
    @Test func `is the unclean exit, and what fails after it is logged`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            scene.subject.runNotification { running }
            scene.transport.simulateProcessExit(clean: false)
            running.fail(self.second)
            #expect(scene.error as? ProcessTerminated == self.exitedWith1)
            #expect(scene.log.errors.count == 1)
        }
    }

    // Row: unexpectedError(E1) while N1 runs, N1 fails.
    @Test func `is the first error, and what fails after it is logged`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            scene.subject.runNotification { running }
            scene.subject.unexpectedError(self.first)
            running.fail(self.second)
            #expect(scene.error as? TestFailure == self.first)
            #expect(scene.log.errors.count == 1)
        }
    }

    // Row: unexpectedError(E1), any later runNotification.
    @Test func `is the error, after which no notification runs`() {
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

    // Row: N1 never completes.
    @Test func `does not come while a notification is pending, however dead the process is`() {
        playMonitor { scene in
            let running = Deferred<Void>()
            let calls = Counter()
            scene.subject.runNotification { running }
            self.count(calls, on: scene)
            scene.transport.simulateProcessExit()
            scene.clock.advance(by: .seconds(1_000_000))
            #expect(scene.isPending)
            // That nothing is left of it when `running` goes is what the end of the scene checks.
        }
    }

    // Row: runNotification after processEnded (clean).
    @Test func `is out when a late notification runs`() {
        playMonitor { scene in
            let calls = Counter()
            scene.transport.simulateProcessExit()
            self.count(calls, on: scene)
            #expect(calls.count == 1)
            #expect(scene.hasSucceeded)
        }
    }

    // Row: processEnded called twice. In the original the second firing was an error that nobody
    // saw.
    @Test func `comes once, even if the end is told twice`() {
        playMonitor { scene in
            scene.transport.simulateProcessExit()
            scene.subject.processEnded(ProcessEnd(exit: .exited(code: 1)))
            #expect(scene.hasSucceeded)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    @Test func `is the failure of the first of several errors, each other one logged`() {
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
