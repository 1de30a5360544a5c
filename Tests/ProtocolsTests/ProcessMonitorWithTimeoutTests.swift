// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

@Suite struct `A process monitor with a timeout` {
    // TestProcessMonitorProtocolWithTimeout.test_timeoutWithoutProgress
    @Test func `ends a process that shows no sign of life`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(6))
            #expect(scene.transport.timeline == ["SIGINT at 5.0 seconds"])
            #expect((scene.error as? TimeoutError)?.duration == .seconds(5))
        }
    }

    // TestProcessMonitorProtocolWithTimeout.test_resetTimeout
    @Test func `starts anew at a sign of life`() {
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
    @Test func `does not time out after the exit, while a notification is pending`() {
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

    // Reference W1: the original turned the success of such a process into a timeout.
    @Test func `does not time out after the exit, while others hold the output`() {
        playTimeout { scene in
            scene.clock.advance(by: .seconds(4))
            scene.transport.leaderExits()
            scene.clock.advance(by: .seconds(60))
            scene.transport.end(.exited(code: 0))
            #expect(scene.hasSucceeded)
        }
    }

    // Reference §2.1.
    @Test func `fires at its deadline and not before`() {
        playTimeout { scene in
            scene.clock.advance(by: .milliseconds(4_999))
            #expect(scene.transport.signals.isEmpty)
            scene.clock.advance(by: .milliseconds(1))
            #expect(scene.transport.signalNames == ["SIGINT"])
        }
    }

    @Test func `is not put off by what comes after it fired`() {
        playTimeout { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .seconds(5))
            scene.subject.resetTimeout()
            #expect(scene.clock.delayedCalls.map(\.deadline) == [.seconds(10)])
        }
    }

    @Test func `of zero fires in a turn of its own`() {
        playTimeout(.zero) { scene in
            #expect(scene.transport.signals.isEmpty)
            scene.clock.advance(by: .zero)
            #expect(scene.error is TimeoutError)
        }
    }

    @Test func `of nil allows any silence`() {
        playTimeout(nil) { scene in
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.clock.advance(by: .seconds(1_000_000))
            scene.transport.simulateProcessExit()
            #expect(scene.hasSucceeded)
        }
    }
}
