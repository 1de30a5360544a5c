// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

/// The reference vectors V1 to V3 (reference §2.4), on a transport that only records signals.
///
/// V4 to V7 are about heartbeats: see the tests of the worker's protocol.
@Suite struct `A process that is timed out` {
    @Test func `V1: if it is stubborn, is interrupted, killed, and reported as timed out`() {
        playTimeout { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .seconds(6))
            // Output after the timeout.
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

    @Test func `V2: is killed five seconds after the interrupt, not a moment before`() {
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

    @Test func `V3: if it was gone and nobody has been told, is left alone and no timer is set`() {
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

    // The same with the departure: the exit is told at once, so there is no timeout any more.
    @Test func `V3: if its exit was told, is not timed out, and ends with that exit`() {
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
