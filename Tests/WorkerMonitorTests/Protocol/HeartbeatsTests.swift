// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Heartbeats of a job` {
    private func seconds(_ seconds: Int...) -> [Duration] {
        seconds.map { .seconds($0) }
    }

    @Test func `come at once and then every interval`() {
        playHeartbeats { scene in
            scene.start()
            #expect(scene.times == [.zero])
            scene.clock.advance(by: .seconds(95))
            #expect(scene.times == self.seconds(0, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 4)
        }
    }

    @Test func `stay on their grid, however long the answers take`() {
        playHeartbeats { scene in
            scene.answer = { [clock = scene.clock] _ in deferLater(clock, .seconds(7)) }
            scene.start()
            scene.clock.advance(by: .seconds(100))
            #expect(scene.times == self.seconds(0, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 4)
        }
    }

    @Test func `carry the newest tail`() {
        playHeartbeats { scene in
            scene.start()
            scene.tail = "old"
            scene.clock.advance(by: .seconds(29))
            scene.tail = "new"
            scene.clock.advance(by: .seconds(1))
            #expect(scene.tails == ["", "new"])
        }
    }

    // Reference W4: the original's queued without bound, each with its tail.
    @Test func `wait at most one at a time, which carries the newest tail`() {
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
            // Not inside of the answer: the beat would wait for itself.
            #expect(scene.times.count == 1)
            scene.clock.advance(by: .zero)
            #expect(scene.times == self.seconds(0, 20))
            #expect(scene.tails.last == "second 20")
            scene.clock.advance(by: .seconds(1))
            #expect(scene.times == self.seconds(0, 20, 21))
        }
    }

    @Test func `wait for other notifications, as one`() {
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

    @Test func `are never sent from inside another`() {
        playHeartbeats { scene in
            var depth = 0
            scene.answer = { _ in
                depth += 1
                defer { depth -= 1 }
                #expect(depth == 1)
                scene.heartbeats?.beat()
                return .succeeded(())
            }
            scene.start()
            #expect(scene.times.count == 1)
            scene.answer = { _ in .succeeded(()) }
            scene.clock.advance(by: .zero)
            #expect(scene.times.count == 2)
        }
    }

    @Test func `go away when their time for an answer is over`() {
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

    @Test func `that fail are tried again after longer and longer pauses`() {
        playHeartbeats { scene in
            scene.answer = { _ in throw TestFailure("away") }
            scene.start()
            scene.clock.advance(by: .seconds(100))
            // 1, 2, 4, 8 s later; 16 s would be behind the next regular one. From then on only the
            // grid.
            #expect(scene.times == self.seconds(0, 1, 3, 7, 15, 30, 60, 90))
            #expect(scene.heartbeats?.accepted == 0)
            #expect(scene.ends.isEmpty)
        }
    }

    @Test func `begin with the shortest pause again once one was accepted`() {
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

    @Test func `are logged when they fail, with how often`() {
        playHeartbeats { scene in
            scene.answer = { _ in .failed(TestFailure("away")) }
            scene.start()
            scene.clock.advance(by: .seconds(1))
            let message = "warning: A heartbeat was not accepted; it is tried again."
            #expect(
                scene.messages.lines == [
                    "\(message) error=away failures in a row=1",
                    "\(message) error=away failures in a row=2",
                ]
            )
        }
    }

    @Test func `end the job at once when it is gone`() {
        playHeartbeats { scene in
            scene.answer = { $0 == 2 ? .failed(NoSuchCodeImportJob(jobID: 1)) : .succeeded(()) }
            scene.start()
            scene.clock.advance(by: .seconds(300))
            #expect(scene.ends == ["NoSuchCodeImportJob at 30.0 seconds"])
            #expect(scene.times == self.seconds(0, 30))
        }
    }

    @Test func `that come no more are stopped, with the one that waits`() {
        playHeartbeats { scene in
            let slow = Deferred<Void>()
            scene.answer = { _ in slow }
            scene.start()
            scene.clock.advance(by: .seconds(29))
            scene.heartbeats?.beat()
            scene.heartbeats?.stop()
            slow.succeed()
            scene.clock.advance(by: .seconds(1_000))
            #expect(scene.times == [.zero])
            #expect(scene.heartbeats?.accepted == 1)
            scene.heartbeats?.beat()
            #expect(scene.times == [.zero])
        }
    }

    @Test func `are stopped even while the next one is on its way`() {
        playHeartbeats { scene in
            let slow = Deferred<Void>()
            scene.answer = { _ in slow }
            scene.start()
            scene.heartbeats?.beat()
            slow.succeed()
            scene.heartbeats?.stop()
            #expect(scene.clock.delayedCalls.isEmpty)
        }
    }

    @Test func `are not tried again after the stop`() {
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

    @Test func `wait for no answer when there is no time`() {
        playHeartbeats { scene in
            scene.answer = { _ in Deferred() }
            scene.start()
            scene.heartbeats?.stop()
            scene.heartbeats?.hurry()
            #expect(scene.clock.delayedCalls.isEmpty)
            var isThrough = false
            scene.queue.afterPending { isThrough = true }
            #expect(isThrough)
        }
    }
}
