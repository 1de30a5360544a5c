// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing
import WorkerMonitor

/// Sequences of events with their exact times, derived from the behavior of Launchpad's monitor.
@Suite struct `Heartbeats of a worker` {
    private static func everyHalfSecond(_ configuration: inout WorkerMonitorConfiguration) {
        configuration.heartbeatInterval = .milliseconds(500)
    }

    /// Returns milliseconds as durations.
    private func at(_ milliseconds: Int...) -> [Duration] {
        milliseconds.map { .milliseconds($0) }
    }

    @Test func `heartbeats continue until the inactivity timeout and stop with it`() {
        let configure: (inout WorkerMonitorConfiguration) -> Void = {
            Self.everyHalfSecond(&$0)
            $0.inactivityTimeout = .seconds(3)
        }
        playWorker(configure: configure) { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .milliseconds(7_999))
            #expect(scene.monitor.times == self.at(0, 500, 1000, 1500, 2000, 2500))
            #expect(scene.transport.timeline == ["SIGINT at 3.0 seconds"])
            scene.clock.advance(by: .milliseconds(1))
            #expect(
                scene.transport.timeline == ["SIGINT at 3.0 seconds", "SIGKILL at 8.0 seconds"]
            )
            #expect(scene.monitor.times.count == 6)
        }
    }

    @Test func `a heartbeat of a job that no longer exists ends the worker`() {
        playWorker(configure: Self.everyHalfSecond) { scene in
            scene.transport.survivesEverything = true
            scene.monitor.answer = { number in
                if number == 2 { throw NoSuchCodeImportJob(jobID: 360) }
                return .succeeded(())
            }
            scene.clock.advance(by: .seconds(1))
            #expect(scene.monitor.times == self.at(0, 500))
            #expect(scene.transport.timeline == ["SIGINT at 0.5 seconds"])
            scene.transport.end(.signaled(.interrupt, coreDumped: false))
            #expect(scene.error as? NoSuchCodeImportJob == NoSuchCodeImportJob(jobID: 360))
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    // In Launchpad's monitor, such a failure killed the worker.
    @Test func `a heartbeat that fails for any other reason is repeated`() {
        playWorker(configure: Self.everyHalfSecond) { scene in
            scene.monitor.answer = { number in
                if number == 2 { throw TestFailure("no route") }
                return .succeeded(())
            }
            scene.clock.advance(by: .seconds(1))
            #expect(scene.monitor.times == self.at(0, 500, 1000))
            #expect(scene.transport.signals.isEmpty)
            #expect(scene.subject.heartbeatCount == 2)
        }
    }

    // The process ends inside the call that sends the signal, which is made by the failing
    // heartbeat, which is sent by `connectionMade`.
    @Test func `the first heartbeat may end the worker inside the connection`() {
        playWorker(connected: false, configure: Self.everyHalfSecond) { scene in
            scene.monitor.answer = { _ in throw NoSuchCodeImportJob(jobID: 1) }
            scene.transport.connect()
            #expect(scene.transport.signalNames == ["SIGINT"])
            #expect(scene.error is NoSuchCodeImportJob)
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    @Test func `missed heartbeats are not made up for, and the schedule does not shift`() {
        let clock = JumpingClock()
        var configuration = WorkerMonitorConfiguration()
        Self.everyHalfSecond(&configuration)
        let monitor = FakeMonitor(configuration, clock)
        let subject = CodeImportWorkerMonitorProtocol(
            deferred: Deferred(),
            workerMonitor: monitor,
            logFile: MemoryJobLog(),
            clock: clock
        )
        subject.makeConnection(StubTransport(subject, clock: clock))
        clock.wakeUp(at: .milliseconds(2_200))
        #expect(monitor.times == self.at(0, 2_200))
        clock.wakeUp(at: .milliseconds(2_499))
        #expect(monitor.times.count == 2)
        clock.wakeUp(at: .milliseconds(2_500))
        #expect(monitor.times == self.at(0, 2_200, 2_500))
        subject.endConnection(ProcessEnd(exit: .exited(code: 0)))
        #expect(clock.delayedCalls.isEmpty)
    }

    @Test
    func `a notification reports the values that it captured when it was queued`() {
        playWorker { scene in
            let held = Deferred<Void>()
            var reported: [String] = []
            scene.subject.runNotification { held }
            scene.transport.feed("one\n")
            let tail = scene.subject.tailText
            scene.subject.runNotification {
                reported.append(tail)
                return .succeeded(())
            }
            scene.transport.feed("two\n")
            held.succeed()
            #expect(reported == ["one\n"])
        }
    }

    // Launchpad's monitor queued every heartbeat with the tail of the moment when it was queued.
    @Test func `a queued heartbeat reports the newest tail`() {
        playWorker { scene in
            let held = Deferred<Void>()
            scene.subject.runNotification { held }
            scene.transport.feed("one\n")
            scene.clock.advance(by: .seconds(30))
            scene.transport.feed("two\n")
            #expect(scene.monitor.tails == [""])
            held.succeed()
            #expect(scene.monitor.tails == ["", "one\ntwo\n"])
        }
    }
}
