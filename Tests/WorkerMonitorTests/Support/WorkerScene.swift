// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing
import WorkerMonitor

/// A monitor that records heartbeats and returns the responses that a test has chosen.
final class FakeMonitor: WorkerMonitoring {
    let configuration: WorkerMonitorConfiguration
    private let clock: any ReactorTime
    /// The tails of the heartbeats so far.
    private(set) var tails: [String] = []
    /// The times of the heartbeats so far.
    private(set) var times: [Duration] = []
    /// Returns the response to a heartbeat, given its number, which starts at 1.
    var answer: (Int) throws -> Deferred<Void> = { _ in .succeeded(()) }
    var leaseStart: Duration?

    init(_ configuration: WorkerMonitorConfiguration, _ clock: any ReactorTime) {
        self.configuration = configuration
        self.clock = clock
    }

    func updateHeartbeat(_ logTail: String) -> Deferred<Void> {
        self.tails.append(logTail)
        self.times.append(self.clock.now)
        do { return try self.answer(self.tails.count) } catch { return .failed(error) }
    }
}

/// The protocol of a worker on a stub transport, with a fake monitor and a test clock.
final class WorkerScene {
    /// The result of the protocol's deferred.
    private final class ResultBox {
        var result: Result<ProcessEnd, any Error>?
    }

    let clock: TestClock
    let monitor: FakeMonitor
    let log = MemoryJobLog()
    let messages = RecordedLog()
    let subject: CodeImportWorkerMonitorProtocol
    let transport: StubTransport
    private let box = ResultBox()

    init(_ clock: TestClock, _ configuration: WorkerMonitorConfiguration) {
        let box = self.box
        let deferred = Deferred<ProcessEnd>()
        deferred.whenFired { box.result = $0 }
        self.clock = clock
        self.monitor = FakeMonitor(configuration, clock)
        self.subject = CodeImportWorkerMonitorProtocol(
            deferred: deferred,
            workerMonitor: self.monitor,
            logFile: self.log,
            clock: clock
        )
        self.transport = StubTransport(self.subject, clock: clock)
        self.subject.logger = self.messages.logger
    }

    var result: Result<ProcessEnd, any Error>? { self.box.result }

    var error: (any Error)? {
        if case .failure(let error)? = self.result { error } else { nil }
    }
}

/// Runs `body` with a new scene, and checks that no object and no delayed call remains.
///
/// A worker that is still alive after `body` dies from SIGKILL.
func playWorker(
    connected: Bool = true,
    configure: (inout WorkerMonitorConfiguration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (WorkerScene) throws -> Void
) rethrows {
    let clock = TestClock()
    var configuration = WorkerMonitorConfiguration()
    configure(&configuration)
    let leaks = try LeakDetector.leaks(on: clock) { detector in
        let scene = WorkerScene(clock, configuration)
        for object in [scene, scene.subject, scene.transport, scene.monitor] as [AnyObject] {
            detector.track(object)
        }
        if connected { scene.transport.connect() }
        try body(scene)
        scene.transport.end(.signaled(.kill, coreDumped: false))
    }
    #expect(leaks == [], sourceLocation: sourceLocation)
}
