// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Heartbeat schedule` {
    private func seconds(_ seconds: Int...) -> [Duration] {
        seconds.map { .seconds($0) }
    }

    @Test func `the first heartbeat is sent at once and the others at intervals`() {
        playHeartbeats { scene in
            scene.start()
            #expect(scene.times == [.zero])
            scene.clock.advance(by: .seconds(95))
            #expect(scene.times == self.seconds(0, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 4)
        }
    }

    @Test func `the schedule does not depend on the time of the responses`() {
        playHeartbeats { scene in
            scene.answer = { [clock = scene.clock] _ in deferLater(clock, .seconds(7)) }
            scene.start()
            scene.clock.advance(by: .seconds(100))
            #expect(scene.times == self.seconds(0, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 4)
        }
    }

    @Test func `a heartbeat carries the newest tail`() {
        playHeartbeats { scene in
            scene.start()
            scene.tail = "old"
            scene.clock.advance(by: .seconds(29))
            scene.tail = "new"
            scene.clock.advance(by: .seconds(1))
            #expect(scene.tails == ["", "new"])
        }
    }

    // Launchpad's monitor queued heartbeats without bound, each with its own tail.
    @Test func `at most one heartbeat is queued, and it carries the newest tail`() {
        playHeartbeats(configure: { $0.heartbeatInterval = .seconds(1) }) { scene in
            let slow = Deferred<Void>()
            scene.answer = { $0 == 1 ? slow : .succeeded(()) }
            scene.start()
            for second in 1...20 {
                scene.clock.advance(by: .seconds(1))
                scene.tail = "second \(second)"
            }
            #expect(scene.times == [.zero])
            slow.succeed()
            // It is not sent inside the response, because it would wait for itself.
            #expect(scene.times.count == 1)
            scene.clock.advance(by: .zero)
            #expect(scene.times == self.seconds(0, 20))
            #expect(scene.tails.last == "second 20")
            scene.clock.advance(by: .seconds(1))
            #expect(scene.times == self.seconds(0, 20, 21))
        }
    }

    @Test func `a heartbeat waits for other notifications and is queued once`() {
        playHeartbeats { scene in
            let other = Deferred<Void>()
            scene.start()
            scene.queue.run {
                other
            } onFailure: { _ in
            }
            scene.clock.advance(by: .seconds(100))
            scene.tail = "newest"
            #expect(scene.times == [.zero])
            other.succeed()
            scene.clock.advance(by: .seconds(1))
            #expect(scene.times == self.seconds(0, 100, 100))
            #expect(scene.tails == ["", "newest", "newest"])
        }
    }

    @Test func `a heartbeat is never sent from inside another one`() {
        playHeartbeats { scene in
            var depth = 0
            scene.answer = { _ in
                depth += 1
                defer { depth -= 1 }
                #expect(depth == 1)
                scene.heartbeats?.sendOrQueue()
                return .succeeded(())
            }
            scene.start()
            #expect(scene.times.count == 1)
            scene.answer = { _ in .succeeded(()) }
            scene.clock.advance(by: .zero)
            #expect(scene.times.count == 2)
        }
    }

    @Test func `a heartbeat without a response ends at its time limit`() {
        playHeartbeats(configure: { $0.schedulerTimeout = .seconds(10) }) { scene in
            scene.answer = { $0 == 1 ? Deferred() : .succeeded(()) }
            scene.start()
            scene.clock.advance(by: .seconds(10))
            #expect(scene.times.count == 1)
            #expect(scene.messages.lines.first?.contains("Timed out after 10.0 seconds") == true)
            scene.clock.advance(by: .seconds(1))
            #expect(scene.times == self.seconds(0, 11))
        }
    }

    @Test func `a failed heartbeat is repeated after growing pauses`() {
        playHeartbeats { scene in
            scene.answer = { _ in throw TestFailure("away") }
            scene.start()
            scene.clock.advance(by: .seconds(100))
            // The pauses are 1, 2, 4 and 8 s. A pause of 16 s would end after the next regular
            // heartbeat, so only regular heartbeats follow.
            #expect(scene.times == self.seconds(0, 1, 3, 7, 15, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 0)
            #expect(scene.ends.isEmpty)
        }
    }

    @Test func `the pauses start again at the shortest after an accepted heartbeat`() {
        playHeartbeats { scene in
            scene.answer = {
                [1, 2, 3, 5].contains($0) ? .failed(TestFailure("away")) : .succeeded(())
            }
            scene.start()
            scene.clock.advance(by: .seconds(35))
            #expect(scene.times == self.seconds(0, 1, 3, 7, 30, 31))
            #expect(scene.heartbeats?.accepted == 2)
        }
    }

    @Test func `a failed heartbeat is logged with the number of failures`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(1))
            let message =
                "warning: The scheduler did not accept a heartbeat. Another attempt follows."
            #expect(
                scene.messages.lines == [
                    "\(message) error=away failures in a row=1",
                    "\(message) error=away failures in a row=2",
                ]
            )
        }
    }

    @Test func `a job that no longer exists is ended at once`() {
        playHeartbeats { scene in
            scene.answer = { $0 == 2 ? .failed(NoSuchCodeImportJob(jobID: 1)) : .succeeded(()) }
            scene.start()
            scene.clock.advance(by: .seconds(300))
            #expect(scene.ends == ["NoSuchCodeImportJob at 30.0 seconds"])
            #expect(scene.times == self.seconds(0, 30))
        }
    }

    @Test func `no heartbeat is sent after the stop, not even a queued one`() {
        playHeartbeats { scene in
            let slow = Deferred<Void>()
            scene.answer = { _ in slow }
            scene.start()
            scene.clock.advance(by: .seconds(29))
            scene.heartbeats?.sendOrQueue()
            scene.heartbeats?.stop()
            slow.succeed()
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.times == [.zero])
            #expect(scene.heartbeats?.accepted == 1)
            scene.heartbeats?.sendOrQueue()
            #expect(scene.times == [.zero])
        }
    }

    @Test func `a stop cancels the heartbeat that is about to be sent`() {
        playHeartbeats { scene in
            let slow = Deferred<Void>()
            scene.answer = { _ in slow }
            scene.start()
            scene.heartbeats?.sendOrQueue()
            slow.succeed()
            scene.heartbeats?.stop()
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    @Test func `a failed heartbeat is not repeated after the stop`() {
        playHeartbeats { scene in
            let slow = Deferred<Void>()
            scene.answer = { _ in slow }
            scene.start()
            scene.heartbeats?.stop()
            slow.fail(TestFailure("away"))
            #expect(scene.clock.delayedCalls.isEmpty)
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.times == [.zero])
        }
    }

    @Test func `a heartbeat in progress can be cancelled`() {
        playHeartbeats { scene in
            scene.answer = { _ in Deferred() }
            scene.start()
            scene.heartbeats?.stop()
            scene.heartbeats?.cancelCall()
            #expect(scene.clock.delayedCalls.isEmpty)
            var isFree = false
            scene.queue.afterPending { isFree = true }
            #expect(isFree)
        }
    }
}
