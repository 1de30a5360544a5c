// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

@testable import WorkerMonitor

/// Heartbeats without a worker: a scheduler that answers as it is told, on a clock that stands
/// still.
final class HeartbeatScene {
    let clock: TestClock
    let messages = RecordedLog()
    let queue = NotificationQueue()
    private let configuration: WorkerMonitorConfiguration

    /// When each beat was sent.
    private(set) var times: [Duration] = []
    /// With which tail.
    private(set) var tails: [String] = []
    /// What ended the job, and when.
    private(set) var ends: [String] = []
    private(set) var heartbeats: Heartbeats?
    /// The newest tail.
    var tail = ""
    /// Says what comes of a beat, by its number from 1.
    var answer: (Int) throws -> Deferred<Void> = { _ in .succeeded(()) }

    init(_ clock: TestClock, _ configuration: WorkerMonitorConfiguration) {
        self.clock = clock
        self.configuration = configuration
    }

    func start(since lease: Duration? = nil) {
        let hooks = Heartbeats.Hooks(
            notify: { [unowned self] in self.notify($0) },
            send: { [unowned self] in try self.send($0) },
            tail: { [unowned self] in self.tail },
            fatal: { [unowned self] in self.end($0) }
        )
        let heartbeats = Heartbeats(
            clock: self.clock,
            configuration: self.configuration,
            logger: self.messages.logger,
            hooks: hooks
        )
        self.heartbeats = heartbeats
        heartbeats.start(since: lease)
    }

    private func notify(_ body: @escaping () throws -> Deferred<Void>) {
        self.queue.run(keeping: self, body) { [unowned self] error in
            self.queue.failure = error
            self.end(error)
        }
    }

    private func send(_ tail: String) throws -> Deferred<Void> {
        self.times.append(self.clock.now)
        self.tails.append(tail)
        return try self.answer(self.times.count)
    }

    private func end(_ error: any Error) {
        self.ends.append("\(type(of: error)) at \(self.clock.now)")
    }
}

/// Plays `body` with heartbeats that are to be started, and checks that nothing is left once they
/// are stopped.
func playHeartbeats(
    configure: (inout WorkerMonitorConfiguration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (HeartbeatScene) throws -> Void
) rethrows {
    let clock = TestClock()
    let detector = LeakDetector(on: clock)
    var configuration = WorkerMonitorConfiguration()
    configure(&configuration)
    func perform() throws {
        let scene = HeartbeatScene(clock, configuration)
        detector.track(scene)
        try body(scene)
        if let heartbeats = scene.heartbeats { detector.track(heartbeats) }
        scene.heartbeats?.stop()
        scene.heartbeats?.hurry()
    }
    try perform()
    #expect(detector.leaks == [], sourceLocation: sourceLocation)
}
