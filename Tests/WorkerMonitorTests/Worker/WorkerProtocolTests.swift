// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Worker protocol` {
    // TestWorkerMonitorProtocol.test_callsUpdateHeartbeatInConnectionMade
    @Test func `the connection sends a heartbeat with an empty tail`() {
        playWorker(connected: false) { scene in
            #expect(scene.monitor.tails.isEmpty)
            scene.transport.connect()
            #expect(scene.monitor.tails == [""])
        }
    }

    // TestWorkerMonitorProtocol.test_callsUpdateHeartbeatRegularly
    @Test func `a heartbeat is sent at each interval`() {
        playWorker { scene in
            scene.clock.advance(by: .milliseconds(100))
            for count in 1...4 {
                #expect(scene.monitor.tails.count == count)
                scene.clock.advance(by: .seconds(30))
                // This keeps the inactivity timeout from ending the worker.
                scene.subject.resetTimeout()
            }
            #expect(
                scene.monitor.times == [
                    .zero, .seconds(30), .seconds(60), .seconds(90), .seconds(120),
                ]
            )
            #expect(scene.subject.heartbeatCount == 5)
        }
    }

    // TestWorkerMonitorProtocol.test_updateHeartbeatStopsOnProcessExit
    @Test func `no heartbeat is sent after the end of the process`() {
        playWorker { scene in
            scene.transport.simulateProcessExit()
            scene.clock.advance(by: .seconds(31))
            #expect(scene.monitor.tails.count == 1)
        }
    }

    // TestWorkerMonitorProtocol.test_outReceivedWritesToLogFile
    @Test func `output is written to the log in order`() {
        playWorker { scene in
            scene.transport.feed("first piece, ")
            scene.transport.feed("second piece")
            #expect(scene.log.text == "first piece, second piece")
        }
    }

    // TestWorkerMonitorProtocol.test_outReceivedUpdatesTail
    @Test func `the tail contains the last lines of the output`() {
        playWorker { scene in
            scene.transport.feed("line 1\nline 2\nline 3\n")
            #expect(scene.subject.tailText == "line 1\nline 2\nline 3\n")
            scene.transport.feed("line 4\nline 5\nline 6\n")
            #expect(scene.subject.tailText == "line 3\nline 4\nline 5\nline 6\n")
        }
    }

    @Test func `standard error is treated like standard output`() {
        playWorker { scene in
            scene.clock.advance(by: .seconds(3_599))
            scene.transport.feed("warning\n", to: 2)
            #expect(scene.log.text == "warning\n")
            #expect(scene.subject.tailText == "warning\n")
            scene.clock.advance(by: .seconds(3_599))
            #expect(scene.transport.signals.isEmpty)
        }
    }

    @Test func `a worker that is silent for an hour is ended`() {
        playWorker { scene in
            scene.clock.advance(by: .seconds(60))
            scene.transport.feed(".")
            scene.clock.advance(by: .seconds(3_599))
            #expect(scene.transport.signals.isEmpty)
            scene.clock.advance(by: .seconds(1))
            #expect(scene.transport.timeline == ["SIGINT at 3660.0 seconds"])
            #expect((scene.error as? TimeoutError)?.duration == .seconds(3_600))
        }
    }

    // Launchpad's monitor let a worker run as long as it wrote output.
    @Test func `a worker that exceeds its deadline is ended, however much it writes`() {
        playWorker(configure: { $0.deadline = .seconds(90) }) { scene in
            for _ in 1...9 {
                scene.transport.feed("still here\n")
                scene.clock.advance(by: .seconds(10))
            }
            #expect(scene.transport.timeline == ["SIGINT at 90.0 seconds"])
            #expect(scene.error as? DeadlineExceeded == DeadlineExceeded(deadline: .seconds(90)))
        }
    }

    @Test func `a worker that has exited keeps its result`() {
        playWorker(configure: { $0.deadline = .seconds(90) }) { scene in
            scene.monitor.answer = { $0 == 1 ? .succeeded(()) : .failed(TestFailure("away")) }
            scene.transport.leaderExits()
            scene.clock.advance(by: .seconds(10_000))
            #expect(scene.transport.signals.isEmpty)
            scene.transport.end(.exited(code: 0))
            #expect(scene.error == nil)
            #expect(scene.subject.end?.exit == .exited(code: 0))
        }
    }

    // In Launchpad's monitor the worker died from a hang-up, and the cause was not recorded.
    @Test func `a worker whose output cannot be logged is ended with that error`() {
        playWorker { scene in
            let full = JobLogError(.write, path: "job.log", errno: 28)
            scene.transport.onlyKillKills = true
            scene.log.failure = full
            scene.transport.feed("lost\n")
            #expect(scene.transport.signalNames == ["SIGINT"])
            // The tail is still updated for heartbeats, and the log is not written again.
            scene.log.failure = nil
            scene.transport.feed("more\n")
            #expect(scene.subject.tailText == "lost\nmore\n")
            #expect(scene.log.text == "")
            scene.clock.advance(by: .seconds(5))
            #expect(scene.error as? JobLogError == full)
            #expect(scene.messages.errors.isEmpty)
        }
    }

    @Test func `the end stops the heartbeats and waits for the one in progress`() {
        playWorker { scene in
            let pending = Deferred<Void>()
            scene.monitor.answer = { $0 == 2 ? pending : .succeeded(()) }
            scene.clock.advance(by: .seconds(40))
            scene.transport.simulateProcessExit()
            #expect(scene.result == nil)
            scene.clock.advance(by: .seconds(19))
            #expect(scene.monitor.times == [.zero, .seconds(30)])
            #expect(scene.result == nil)
            pending.succeed()
            #expect(scene.subject.heartbeatCount == 2)
            #expect(scene.result != nil)
        }
    }

    @Test func `the wait for a heartbeat in progress is limited`() {
        playWorker { scene in
            scene.monitor.answer = { $0 == 2 ? Deferred() : .succeeded(()) }
            scene.clock.advance(by: .seconds(40))
            scene.transport.simulateProcessExit()
            scene.clock.advance(by: .seconds(20))
            #expect(scene.error == nil)
            #expect(scene.result != nil)
        }
    }

    @Test func `the configuration decides the waits of the protocol`() {
        let configure: (inout WorkerMonitorConfiguration) -> Void = {
            $0.inactivityTimeout = .seconds(10)
            $0.killAfter = .seconds(2)
            $0.giveUpAfter = .seconds(3)
        }
        playWorker(configure: configure) { scene in
            scene.transport.survivesEverything = true
            scene.clock.advance(by: .seconds(60))
            #expect(
                scene.transport.timeline == ["SIGINT at 10.0 seconds", "SIGKILL at 12.0 seconds"]
            )
            #expect(scene.transport.isGivenUp)
            #expect(scene.error is TimeoutError)
        }
    }
}
