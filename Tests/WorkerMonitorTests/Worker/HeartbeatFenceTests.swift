// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// A worker is ended before the lease of its job expires.
@Suite struct `Heartbeat fence` {
    @Test func `the fence leaves time to end the worker before the lease expires`() {
        var configuration = WorkerMonitorConfiguration()
        // 300 s less 5 s for SIGINT, 5 s for SIGKILL and 1 s for the drain.
        #expect(configuration.fenceAge == .seconds(289))
        configuration.reclaimAge = .seconds(60)
        #expect(configuration.fenceAge == .seconds(49))
        configuration.reclaimAge = .seconds(10)
        #expect(configuration.fenceAge == .seconds(5))
    }

    @Test func `the fence ends the worker if no heartbeat was accepted since the start`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .milliseconds(288_999))
            #expect(scene.ends.isEmpty)
            scene.clock.advance(by: .milliseconds(1))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 289.0 seconds"])
        }
    }

    @Test func `the fence ends the worker if no heartbeat gets a response`() {
        playHeartbeats { scene in
            scene.answer = { _ in Deferred() }
            scene.start()
            scene.clock.advance(by: .seconds(289))
            #expect(scene.ends == ["HeartbeatsNotAccepted at 289.0 seconds"])
        }
    }

    @Test func `the fence counts from the time when the last accepted heartbeat was sent`() {
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

    @Test func `the fence ends the worker once`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(10_000))
            #expect(scene.ends.count == 1)
        }
    }

    @Test func `the fence does not end the worker while some heartbeats are accepted`() {
        playHeartbeats { scene in
            scene.answer = { $0 % 9 == 0 ? .succeeded(()) : .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(100_000))
            #expect(scene.ends.isEmpty)
        }
    }

    @Test func `the fence does not end the worker after the heartbeats are stopped`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.heartbeats?.stop()
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.ends.isEmpty)
        }
    }

    // The lease starts when the job is claimed, not when its worker is started.
    @Test func `the fence counts the time between the claim and the first heartbeat`() {
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

    @Test func `the error states the age of the last heartbeat and the last failure`() {
        let error = HeartbeatsNotAccepted(age: .seconds(289), lastError: TestFailure("No route."))
        #expect(
            error.description
                == "The scheduler has accepted no heartbeat for 289.0 seconds. The last attempt failed: No route."
        )
        #expect(
            HeartbeatsNotAccepted(age: .seconds(1), lastError: nil).description
                == "The scheduler has accepted no heartbeat for 1.0 seconds."
        )
    }
}
