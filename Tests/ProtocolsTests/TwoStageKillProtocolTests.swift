// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@Suite struct `Process protocol with two-stage kill` {
    // TestProcessProtocolWithTwoStageKill.test_interrupt
    @Test func `a process that ends from the interrupt receives no other signal`() {
        playKill { scene in
            scene.subject.terminateProcess()
            #expect(scene.transport.timeline == ["SIGINT at 0.0 seconds"])
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    // TestProcessProtocolWithTwoStageKill.test_interruptThenKill
    @Test func `a process that ignores the interrupt is killed after the wait`() {
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
    @Test func `a process that ends during the wait is not killed`() {
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
    func `the kill follows the interrupt after the requested wait`(wait: Duration) {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess(timeout: wait)
            scene.clock.advance(by: .seconds(100))
            #expect(scene.transport.signals.map(\.at) == [.zero, wait])
        }
    }

    @Test func `signals go to the whole process group`() {
        playKill { scene in
            scene.transport.onlyKillKills = true
            scene.subject.terminateProcess()
            scene.clock.advance(by: .seconds(5))
            #expect(scene.transport.signals.map(\.target) == [.group, .group])
            #expect(scene.subject.signalsSent == scene.transport.signals)
        }
    }

    // Launchpad's worker monitor sent a second interrupt and leaked the first timer.
    @Test func `a second request to terminate has no effect`() {
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

    @Test func `a process that is already gone is left alone`() {
        playKill { scene in
            scene.transport.isGone = true
            scene.subject.terminateProcess()
            #expect(scene.clock.delayedCalls.isEmpty)
            #expect(scene.subject.signalsSent.isEmpty)
            #expect(scene.log.lines.isEmpty)
        }
    }

    // Launchpad's worker monitor waited forever for such a process.
    @Test func `a process that survives SIGKILL is given up`() {
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

    @Test func `refused signals are logged and the process is given up in the end`() {
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

    @Test func `a process that is still being started is terminated once it is connected`() {
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

    // The end of the process is reported while the signal of the second stage is being sent.
    @Test func `the process may end while a signal is being sent`() {
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
