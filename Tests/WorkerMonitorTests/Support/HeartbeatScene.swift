// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Heartbeats without a worker, with a test clock and responses that a test has chosen.
final class HeartbeatScene {
    let clock: TestClock
    let messages = RecordedLog()
    let queue = NotificationQueue()
    private let configuration: WorkerMonitorConfiguration

    /// The times at which heartbeats were sent.
    private(set) var times: [Duration] = []
    /// The tails of the heartbeats.
    private(set) var tails: [String] = []
    /// The errors that ended the job, with their times.
    private(set) var ends: [String] = []
    private(set) var heartbeats: Heartbeats?
    /// The newest tail.
    var tail = ""
    /// Returns the response to a heartbeat, given its number, which starts at 1.
    var answer: (Int) throws -> Deferred<Void> = { _ in .succeeded(()) }

    init(_ clock: TestClock, _ configuration: WorkerMonitorConfiguration) {
        self.clock = clock
        self.configuration = configuration
    }

    func start(since lease: Duration? = nil) {
        let heartbeats = Heartbeats(
            delegate: self,
            clock: self.clock,
            configuration: self.configuration,
            logger: self.messages.logger
        )
        self.heartbeats = heartbeats
        heartbeats.start(since: lease)
    }
}

extension HeartbeatScene: HeartbeatsDelegate {
    func runNotification(_ body: @escaping () throws -> Deferred<Void>) -> Deferred<Void> {
        self.queue.run(keeping: self, body) { [unowned self] error in
            self.queue.failure = error
            self.stopWorker(because: error)
        }
    }

    func sendHeartbeat() -> Deferred<Void> {
        self.times.append(self.clock.now)
        self.tails.append(self.tail)
        do { return try self.answer(self.times.count) } catch { return .failed(error) }
    }

    func stopWorker(because error: any Error) {
        self.ends.append("\(type(of: error)) at \(self.clock.now)")
    }
}

/// Runs `body` with heartbeats that `body` must start, and checks that no object and no delayed
/// call remains after they were stopped.
func playHeartbeats(
    configure: (inout WorkerMonitorConfiguration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (HeartbeatScene) throws -> Void
) rethrows {
    let clock = TestClock()
    var configuration = WorkerMonitorConfiguration()
    configure(&configuration)
    let leaks = try LeakDetector.leaks(on: clock) { detector in
        let scene = HeartbeatScene(clock, configuration)
        detector.track(scene)
        try body(scene)
        if let heartbeats = scene.heartbeats { detector.track(heartbeats) }
        scene.heartbeats?.stop()
        scene.heartbeats?.cancelCall()
    }
    #expect(leaks == [], sourceLocation: sourceLocation)
}
