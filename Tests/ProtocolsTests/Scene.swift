// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import ProtocolsTestSupport
import Reactor
import ReactorTesting
import Testing

/// One protocol, connected to a stub transport, on a clock that stands still.
final class Scene<Subject: ProcessProtocol> {
    /// What came out of the deferred that the subject was made with.
    private final class Answer {
        var results: [Result<ProcessEnd, any Error>] = []
    }

    let clock: TestClock
    let log = RecordedLog()
    let subject: Subject
    let transport: StubTransport
    private let answer = Answer()

    init(_ clock: TestClock, _ make: (Deferred<ProcessEnd>, TestClock) -> Subject) {
        let answer = self.answer
        let deferred = Deferred<ProcessEnd>()
        deferred.whenFired { answer.results.append($0) }
        self.clock = clock
        self.subject = make(deferred, clock)
        self.transport = StubTransport(self.subject, clock: clock)
        (self.subject as? ProcessProtocolWithTwoStageKill)?.logger = self.log.logger
    }

    /// Whether the deferred has not fired.
    var isPending: Bool { self.answer.results.isEmpty }

    /// Whether the deferred has fired with an end of the process.
    var hasSucceeded: Bool {
        if case .success? = self.answer.results.first { true } else { false }
    }

    /// What the deferred has failed with.
    var error: (any Error)? {
        if case .failure(let error)? = self.answer.results.first { error } else { nil }
    }
}

/// Plays `body` on a fresh scene, and checks that it leaves nothing behind: no object, no delayed
/// call.
///
/// A process that lives on at the end of `body` dies of SIGKILL then.
func play<Subject: ProcessProtocol>(
    _ make: (Deferred<ProcessEnd>, TestClock) -> Subject,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<Subject>) throws -> Void
) rethrows {
    let clock = TestClock()
    let remains = Remains(on: clock)
    // A function of its own, so that its references are gone when the remains are looked at.
    func perform() throws {
        let scene = Scene(clock, make)
        remains.watch(scene)
        remains.watch(scene.subject)
        remains.watch(scene.transport)
        scene.transport.connect()
        try body(scene)
        scene.transport.end(.signaled(.kill, coreDumped: false))
    }
    try perform()
    #expect(remains.all == [], sourceLocation: sourceLocation)
}

/// Plays with a protocol that can only kill.
func playKill(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Scene<ProcessProtocolWithTwoStageKill>) throws -> Void
) rethrows {
    try play({ ProcessProtocolWithTwoStageKill(clock: $1) }, sourceLocation: sourceLocation, body)
}

/// Plays with a monitor without a timeout.
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

/// Plays with a monitor that allows five seconds of silence.
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
