// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import TestSupport
import Testing

@Suite struct `Process monitor protocol` {
    // TestProcessMonitorProtocol.test_processTermination
    @Test func `the deferred succeeds when the process exits cleanly`() {
        playMonitor { scene in
            #expect(scene.isPending)
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    // TestProcessMonitorProtocol.test_terminatesWithError
    @Test func `the deferred fails with the exit of a process that fails`() {
        playMonitor { scene in
            scene.transport.simulateProcessExit(clean: false)
            #expect(scene.error as? ProcessTerminated == ProcessTerminated(exit: .exited(code: 1)))
        }
    }

    // TestProcessMonitorProtocol.test_unexpectedError
    @Test func `an unexpected error terminates the process and is reported`() {
        playMonitor { scene in
            scene.subject.unexpectedError(TestFailure("unexpected"))
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.error as? TestFailure == TestFailure("unexpected"))
        }
    }

    // TestProcessMonitorProtocol.test_runNotification
    @Test func `the first notification runs inside the call`() {
        playMonitor { scene in
            var calls = 0
            scene.subject.runNotification {
                calls += 1
                return .succeeded(())
            }
            #expect(calls == 1)
        }
    }

    // TestProcessMonitorProtocol.test_runNotificationFailure
    @Test func `an error thrown by a notification terminates the process and is reported`() {
        playMonitor { scene in
            scene.subject.runNotification { throw TestFailure("thrown") }
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.error as? TestFailure == TestFailure("thrown"))
        }
    }

    @Test func `a notification that fails later terminates the process`() {
        playMonitor { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            #expect(scene.transport.signals.isEmpty)
            pending.fail(TestFailure("late"))
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.error as? TestFailure == TestFailure("late"))
        }
    }

    // TestProcessMonitorProtocol.test_runNotificationSerialization
    @Test func `a notification runs when the one before it has finished`() {
        playMonitor { scene in
            let first = Deferred<Void>()
            var calls: [Int] = []
            scene.subject.runNotification {
                calls.append(1)
                return first
            }
            scene.subject.runNotification {
                calls.append(2)
                return .succeeded(())
            }
            #expect(calls == [1])
            first.succeed()
            #expect(calls == [1, 2])
        }
    }

    // TestProcessMonitorProtocol.test_failingNotificationCancelsPendingNotifications
    @Test func `the notifications queued behind a failed one are skipped`() {
        playMonitor { scene in
            let first = Deferred<Void>()
            var calls = 0
            scene.subject.runNotification { first }
            scene.subject.runNotification {
                calls += 1
                return .succeeded(())
            }
            first.fail(TestFailure("first"))
            #expect(calls == 0)
            #expect(scene.error as? TestFailure == TestFailure("first"))
        }
    }

    // TestProcessMonitorProtocol.test_waitForPendingNotification
    @Test func `the deferred waits for a pending notification after the exit`() {
        playMonitor { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            scene.transport.simulateProcessExit()
            #expect(scene.isPending)
            pending.succeed()
            #expect(scene.hasSucceeded)
        }
    }

    // TestProcessMonitorProtocol.test_pendingNotificationFails
    @Test func `a notification that fails after a clean exit is reported`() {
        playMonitor { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            scene.transport.simulateProcessExit()
            pending.fail(TestFailure("pending"))
            #expect(scene.error as? TestFailure == TestFailure("pending"))
            #expect(scene.transport.signals.isEmpty)
        }
    }

    // TestProcessMonitorProtocol.test_uncleanExitAndPendingNotificationFails
    @Test func `a notification that fails after an unclean exit is only logged`() {
        playMonitor { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            scene.transport.simulateProcessExit(clean: false)
            pending.fail(TestFailure("pending"))
            #expect(scene.error as? ProcessTerminated == ProcessTerminated(exit: .exited(code: 1)))
            #expect(scene.log.errors.count == 1)
            #expect(scene.log.errors.first?.contains("error=pending") == true)
        }
    }

    // TestProcessMonitorProtocol.test_unexpectedErrorAndNotificationFailure
    @Test func `the first error is reported and the second one is logged`() {
        playMonitor { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            scene.subject.unexpectedError(TestFailure("first"))
            #expect(scene.isPending)
            pending.fail(TestFailure("second"))
            #expect(scene.error as? TestFailure == TestFailure("first"))
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(
                scene.log.errors
                    == [
                        "error: Another error occurred. The outcome remains the first error."
                            + " error=second first=first"
                    ]
            )
        }
    }
}
