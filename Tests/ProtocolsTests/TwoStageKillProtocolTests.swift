// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

@Suite struct `A protocol with a two-stage kill` {
    // TestProcessProtocolWithTwoStageKill.test_interrupt
    @Test func `interrupts, and that is all if the process ends`() {
        playKill { scene in
            scene.subject.terminateProcess()
            #expect(scene.transport.timeline == ["SIGINT at 0.0 seconds"])
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    // TestProcessProtocolWithTwoStageKill.test_interruptThenKill
    @Test func `kills a process that ignored the interrupt, after the wait`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            #expect(scene.transport.signalNames == ["SIGINT"])
            scene.clock.advance(by: .milliseconds(4_999))
            #expect(scene.transport.signalNames == ["SIGINT"])
            scene.clock.advance(by: .milliseconds(1))
            #expect(
                scene.transport.timeline == ["SIGINT at 0.0 seconds", "SIGKILL at 5.0 seconds"]
            )
        }
    }

    // TestProcessProtocolWithTwoStageKill.test_processExitClearsTimer
    @Test func `does not kill a process that ended in the wait`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            #expect(scene.clock.delayedCalls.count == 1)
            scene.transport.simulateProcessExit()
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.clock.advance(by: .seconds(60))
            #expect(scene.transport.signalNames == ["SIGINT"])
        }
    }

    @Test(arguments: [Duration.milliseconds(250), .seconds(90)])
    func `waits for as long as it is told to`(wait: Duration) {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess(timeout: wait)
            scene.clock.advance(by: .seconds(100))
            #expect(scene.transport.signals.map(\.at) == [.zero, wait])
        }
    }

    @Test func `signals the whole group`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            scene.clock.advance(by: .seconds(5))
            #expect(scene.transport.signals.map(\.target) == [.group, .group])
            #expect(scene.subject.signalsSent == scene.transport.signals)
        }
    }

    // Reference W22: the original sent a second interrupt and leaked the first timer.
    @Test func `asked twice, ends the process once`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            scene.clock.advance(by: .seconds(3))
            scene.subject.terminateProcess(timeout: .seconds(60))
            #expect(scene.clock.delayedCalls.count == 1)
            scene.clock.advance(by: .seconds(2))
            #expect(
                scene.transport.timeline == ["SIGINT at 0.0 seconds", "SIGKILL at 5.0 seconds"]
            )
        }
    }

    @Test func `leaves a process alone that is gone already`() {
        playKill { scene in
            scene.transport.isGone = true
            scene.subject.terminateProcess()
            #expect(scene.clock.delayedCalls.isEmpty)
            #expect(scene.subject.signalsSent.isEmpty)
            #expect(scene.log.lines.isEmpty)
        }
    }

    // Reference W13: the original waited for ever.
    @Test func `gives a process up that not even the kill ends`() {
        playKill { scene in
            scene.transport.survivesEverything = true
            scene.subject.terminateProcess()
            scene.clock.advance(by: .milliseconds(9_999))
            #expect(!scene.transport.isGivenUp)
            scene.clock.advance(by: .milliseconds(1))
            #expect(scene.transport.isGivenUp)
            #expect(scene.transport.exit == .unknown)
            #expect(scene.log.errors.count == 1)
        }
    }

    @Test func `says that it may not signal, and gives up in the end`() {
        playKill { scene in
            scene.transport.refusal = SignalError(signal: .interrupt, errno: 1)
            scene.subject.terminateProcess()
            scene.clock.advance(by: .seconds(10))
            #expect(scene.transport.signalNames == ["SIGINT", "SIGKILL"])
            #expect(scene.subject.signalsSent.isEmpty)
            #expect(scene.log.errors.count == 3)
            #expect(scene.transport.isGivenUp)
        }
    }

    @Test func `ends a process that is only being started, as soon as it is there`() {
        let clock = TestClock()
        let subject = ProcessProtocolWithTwoStageKill(clock: clock)
        let transport = StubTransport(subject, clock: clock)
        transport.onlyKillKills = true
        subject.terminateProcess(timeout: .seconds(2))
        #expect(subject.isTerminating)
        clock.advance(by: .seconds(1))
        #expect(transport.signals.isEmpty)
        transport.connect()
        clock.advance(by: .seconds(2))
        #expect(transport.timeline == ["SIGINT at 1.0 seconds", "SIGKILL at 3.0 seconds"])
    }

    // A stage was sent, and the end comes while the next one is being sent.
    @Test func `survives an end inside each of its signals`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            scene.clock.advance(by: .seconds(5))
            #expect(scene.subject.transport == nil)
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.subject.terminateProcess()
            #expect(scene.transport.signalNames == ["SIGINT", "SIGKILL"])
        }
    }
}
