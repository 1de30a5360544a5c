// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// A protocol under test, connected to a stub transport, with a clock that the test advances.
final class Scene<Subject: ProcessProtocol> {
    /// The results of the deferred that the subject was created with.
    private final class Record {
        var results: [Result<ProcessEnd, any Error>] = []
    }

    let clock: TestClock
    let log = RecordedLog()
    let subject: Subject
    let transport: StubTransport
    private let record = Record()

    init(_ clock: TestClock, _ make: (Deferred<ProcessEnd>, TestClock) -> Subject) {
        let record = self.record
        let deferred = Deferred<ProcessEnd>()
        deferred.whenFired { record.results.append($0) }
        self.clock = clock
        self.subject = make(deferred, clock)
        self.transport = StubTransport(self.subject, clock: clock)
        (self.subject as? ProcessProtocolWithTwoStageKill)?.logger = self.log.logger
    }

    /// Whether the deferred has not fired.
    var isPending: Bool { self.record.results.isEmpty }

    /// Whether the deferred has fired with an end of the process.
    var hasSucceeded: Bool {
        if case .success? = self.record.results.first { true } else { false }
    }

    /// The error that the deferred failed with, or `nil` if it has not failed.
    var error: (any Error)? {
        if case .failure(let error)? = self.record.results.first { error } else { nil }
    }
}

/// Runs `body` on a new scene and checks that no object and no delayed call is left behind.
///
/// If the process is still alive after `body`, it is ended as if by SIGKILL.
func play<Subject: ProcessProtocol>(
    _ make: (Deferred<ProcessEnd>, TestClock) -> Subject,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<Subject>) throws -> Void
) rethrows {
    let clock = TestClock()
    let leaks = try LeakDetector.leaks(on: clock) { detector in
        let scene = Scene(clock, make)
        detector.track(scene)
        detector.track(scene.subject)
        detector.track(scene.transport)
        scene.transport.connect()
        try body(scene)
        scene.transport.end(.signaled(.kill, coreDumped: false))
    }
    #expect(leaks == [], sourceLocation: sourceLocation)
}

/// Runs `body` with a `ProcessProtocolWithTwoStageKill`.
func playKill(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<ProcessProtocolWithTwoStageKill>) throws -> Void
) rethrows {
    try play({ ProcessProtocolWithTwoStageKill(clock: $1) }, sourceLocation: sourceLocation, body)
}

/// Runs `body` with a `ProcessMonitorProtocol`.
func playMonitor(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<ProcessMonitorProtocol>) throws -> Void
) rethrows {
    try play(
        { ProcessMonitorProtocol(deferred: $0, clock: $1) },
        sourceLocation: sourceLocation,
        body
    )
}

/// Runs `body` with a `ProcessMonitorProtocolWithTimeout`; by default its timeout is 5 seconds.
func playTimeout(
    _ timeout: Duration? = .seconds(5),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<ProcessMonitorProtocolWithTimeout>) throws -> Void
) rethrows {
    try play(
        { ProcessMonitorProtocolWithTimeout(deferred: $0, timeout: timeout, clock: $1) },
        sourceLocation: sourceLocation,
        body
    )
}
