// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing
import WorkerMonitor

/// The protocol of a worker on a stub transport, with a fake monitor, on a clock that stands still.
final class WorkerScene {
    /// What came out of the protocol's deferred.
    private final class Answer {
        var result: Result<ProcessEnd, any Error>?
    }

    let clock: TestClock
    let monitor: FakeMonitor
    let log = MemoryJobLog()
    let messages = RecordedLog()
    let subject: CodeImportWorkerMonitorProtocol
    let transport: StubTransport
    private let answer = Answer()

    init(_ clock: TestClock, _ configuration: WorkerMonitorConfiguration) {
        let answer = self.answer
        let deferred = Deferred<ProcessEnd>()
        deferred.whenFired { answer.result = $0 }
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

    var result: Result<ProcessEnd, any Error>? { self.answer.result }

    var error: (any Error)? {
        if case .failure(let error)? = self.result { error } else { nil }
    }
}

/// Plays `body` on a fresh scene, and checks that it leaves nothing behind: no object, no delayed
/// call.
///
/// A worker that lives on at the end of `body` dies of SIGKILL then.
func playWorker(
    connected: Bool = true,
    configure: (inout WorkerMonitorConfiguration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (WorkerScene) throws -> Void
) rethrows {
    let clock = TestClock()
    let detector = LeakDetector(on: clock)
    var configuration = WorkerMonitorConfiguration()
    configure(&configuration)
    // A separate function, so that its local references are gone before leaks are counted.
    func perform() throws {
        let scene = WorkerScene(clock, configuration)
        for object in [scene, scene.subject, scene.transport, scene.monitor] as [AnyObject] {
            detector.track(object)
        }
        if connected { scene.transport.connect() }
        try body(scene)
        scene.transport.end(.signaled(.kill, coreDumped: false))
    }
    try perform()
    #expect(detector.leaks == [], sourceLocation: sourceLocation)
}
