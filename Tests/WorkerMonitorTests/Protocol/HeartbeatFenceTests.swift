// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Reference W3: a worker whose job could be somebody else's is stopped in time.
@Suite struct `The fence of heartbeats` {
    @Test func `leaves the worker time to end before the job can be given away`() {
        var configuration = WorkerMonitorConfiguration()
        // 300 - 5 to act on the interrupt - 5 to act on the kill - 1 to drain.
        #expect(configuration.fenceAge == .seconds(289))
        configuration.reclaimAge = .seconds(60)
        #expect(configuration.fenceAge == .seconds(49))
        configuration.reclaimAge = .seconds(10)
        #expect(configuration.fenceAge == .seconds(5))
    }

    @Test func `falls that long after the start if no beat was accepted`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .milliseconds(288_999))
            #expect(scene.ends.isEmpty)
            scene.clock.advance(by: .milliseconds(1))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 289.0 seconds"])
        }
    }

    @Test func `falls just as well if no beat is answered`() {
        playHeartbeats { scene in
            scene.answer = { _ in Deferred() }
            scene.start()
            scene.clock.advance(by: .seconds(289))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 289.0 seconds"])
        }
    }

    @Test func `counts from when the last accepted beat was sent, not answered`() {
        playHeartbeats { scene in
            scene.answer = { [clock = scene.clock] number in
                number <= 2 ? deferLater(clock, .seconds(20)) : .failed(TestFailure("away"))
            }
            scene.start()
            scene.clock.advance(by: .seconds(318))
            #expect(scene.heartbeats?.accepted == 2)
            #expect(scene.ends.isEmpty)
            scene.clock.advance(by: .seconds(1))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 319.0 seconds"])
        }
    }

    @Test func `falls once`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(10_000))
            #expect(scene.ends.count == 1)
        }
    }

    @Test func `does not fall as long as a beat gets through now and then`() {
        playHeartbeats { scene in
            scene.answer = { $0 % 9 == 0 ? .succeeded(()) : .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(100_000))
            #expect(scene.ends.isEmpty)
        }
    }

    @Test func `does not fall after the stop`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.heartbeats?.stop()
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.ends.isEmpty)
        }
    }

    // The scheduler's clock for the job runs from its claim, not from the start of its worker.
    @Test func `counts what was lost between the claim and the first beat`() {
        playHeartbeats { scene in
            scene.clock.advance(by: .seconds(100))
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start(since: .seconds(40))
            scene.clock.advance(by: .seconds(228))
            #expect(scene.ends.isEmpty)
            scene.clock.advance(by: .seconds(1))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 329.0 seconds"])
        }
    }

    @Test func `says how old the last beat is and why there was no other`() {
        let error = HeartbeatsNotAccepted(age: .seconds(289), lastError: TestFailure("No route."))
        #expect(
            error.description
                == "The scheduler has accepted no heartbeat for 289.0 seconds. The last one failed: No route."
        )
        #expect(
            HeartbeatsNotAccepted(age: .seconds(1), lastError: nil).description
                == "The scheduler has accepted no heartbeat for 1.0 seconds."
        )
    }
}
