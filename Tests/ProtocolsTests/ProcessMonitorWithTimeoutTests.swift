// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@Suite struct `Process monitor protocol with timeout` {
    // TestProcessMonitorProtocolWithTimeout.test_timeoutWithoutProgress
    @Test func `a process that shows no activity is terminated`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(6))
            #expect(scene.transport.timeline == ["SIGINT at 5.0 seconds"])
            #expect((scene.error as? TimeoutError)?.duration == .seconds(5))
        }
    }

    // TestProcessMonitorProtocolWithTimeout.test_resetTimeout
    @Test func `activity restarts the timeout`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(4))
            scene.subject.resetTimeout()
            scene.clock.advance(by: .seconds(2))
            #expect(scene.isPending)
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
        }
    }

    // TestProcessMonitorProtocolWithTimeout.test_processExitingResetsTimeout
    @Test func `no timeout fires after the exit while a notification is pending`() {
        playTimeout { scene in
            let pending = Deferred<Void>()
            scene.subject.runNotification { pending }
            scene.clock.advance(by: .seconds(4))
            scene.transport.simulateProcessExit()
            scene.clock.advance(by: .seconds(2))
            #expect(scene.isPending)
            pending.succeed()
            #expect(scene.hasSucceeded)
        }
    }

    // Launchpad's worker monitor turned the success of such a process into a timeout.
    @Test func `no timeout fires after the exit while other processes hold the output open`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(4))
            scene.transport.leaderExits()
            scene.clock.advance(by: .seconds(60))
            scene.transport.end(.exited(code: 0))
            #expect(scene.hasSucceeded)
        }
    }

    @Test func `the timeout fires at its deadline and not before`() {
        playTimeout { scene in
            scene.clock.advance(by: .milliseconds(4_999))
            #expect(scene.transport.signals.isEmpty)
            scene.clock.advance(by: .milliseconds(1))
            #expect(scene.transport.signalNames == ["SIGINT"])
        }
    }

    @Test func `activity after the timeout does not restart it`() {
        playTimeout { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .seconds(5))
            scene.subject.resetTimeout()
            #expect(scene.clock.delayedCalls.map(\.deadline) == [.seconds(10)])
        }
    }

    @Test func `a timeout of zero fires in the next turn`() {
        playTimeout(.zero) { scene in
            #expect(scene.transport.signals.isEmpty)
            scene.clock.advance(by: .zero)
            #expect(scene.error is TimeoutError)
        }
    }

    @Test func `a timeout of nil never fires`() {
        playTimeout(nil) { scene in
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.clock.advance(by: .seconds(1_000_000))
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
        }
    }
}

/// The course of a timeout, on a transport that only records signals.
@Suite struct `Timeout of a monitored process` {
    @Test func `a process that survives the interrupt is killed and reported as timed out`() {
        playTimeout { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .seconds(6))
            // Output after the timeout does not restart the timer.
            scene.subject.resetTimeout()
            scene.clock.advance(by: .seconds(4))
            #expect(
                scene.transport.timeline == ["SIGINT at 5.0 seconds", "SIGKILL at 10.0 seconds"]
            )
            scene.transport.end(.signaled(.kill, coreDumped: false))
            #expect(scene.error is TimeoutError)
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    @Test func `the kill comes five seconds after the interrupt and not before`() {
        playMonitor { scene in
            scene.transport.survivesEverything = true
            scene.subject.unexpectedError(TestFailure("any"))
            #expect(scene.transport.timeline == ["SIGINT at 0.0 seconds"])
            scene.clock.advance(by: .milliseconds(4_990))
            #expect(scene.transport.signals.count == 1)
            scene.clock.advance(by: .milliseconds(10))
            #expect(
                scene.transport.timeline == ["SIGINT at 0.0 seconds", "SIGKILL at 5.0 seconds"]
            )
        }
    }

    @Test func `a process whose exit was not reported yet is left alone and no timer is set`() {
        playTimeout { scene in
            scene.transport.isGone = true
            scene.clock.advance(by: .seconds(5))
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.isPending)
            var calls = 0
            scene.subject.runNotification {
                calls += 1
                return .succeeded(())
            }
            #expect(calls == 0)
        }
    }

    // The exit is reported at once here, unlike in Launchpad's worker monitor, and stops the timer.
    @Test func `a process whose exit was reported does not time out`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(4))
            scene.transport.leaderExits(.exited(code: 3))
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.transport.signals.isEmpty)
            #expect(scene.isPending)
            scene.transport.end(.exited(code: 3))
            #expect(scene.error as? ProcessTerminated == ProcessTerminated(exit: .exited(code: 3)))
        }
    }
}
