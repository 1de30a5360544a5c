// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

/// The abilities that a contract suite needs of both reactors.
protocol ContractReactor: ReactorCore, ReactorIO, ReactorProcess, ReactorSignals, ReactorThreads {
    /// Discards all that is pending.
    func shutDown()

    /// Makes a pipe whose ends the reactor can watch.
    func makeTestPipe() throws -> any TestPipe

    /// Returns a request for a child that does `acts`.
    func request(_ acts: [Act]) -> SpawnRequest
}

extension LibevReactor: ContractReactor {
    func makeTestPipe() throws -> any TestPipe { try KernelPipe() }

    func request(_ acts: [Act]) -> SpawnRequest { SpawnRequest(testChild, acts.map(\.verb)) }
}

extension MemoryReactor: ContractReactor {
    func makeTestPipe() throws -> any TestPipe { NumberPipe(self) }

    func request(_ acts: [Act]) -> SpawnRequest {
        let steps = acts.map(\.step)
        self.programs = { _ in steps }
        return SpawnRequest(testChild, acts.map(\.verb))
    }
}

extension ContractReactor {
    /// Runs the reactor until it is stopped.
    ///
    /// When `limit` has passed on the clock of the reactor, the test fails and the reactor is
    /// stopped. The memory reactor reaches the limit as soon as it has nothing else to do.
    func runToStop(
        within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        self.callLater(limit) {
            Issue.record(
                "The reactor was not stopped within \(limit).",
                sourceLocation: sourceLocation
            )
            self.stop()
        }
        self.run()
    }

    /// Runs turns until `condition` is true; fails the test if that takes longer than `limit`.
    func turn(
        until condition: () -> Bool,
        within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let end = self.now + limit
        while !condition() {
            guard self.now < end else {
                Issue.record(
                    "The condition did not become true within \(limit).",
                    sourceLocation: sourceLocation
                )
                return
            }
            self.iterate(end - self.now)
        }
    }

    /// Starts a child that does `acts`; `change` can adapt its request.
    @discardableResult
    func spawn(
        _ processProtocol: ProcessProtocol,
        _ acts: [Act],
        _ change: (inout SpawnRequest) -> Void = { _ in }
    ) throws -> any ProcessTransport {
        var request = self.request(acts)
        request.streams = ProcessKind.streams
        change(&request)
        return try self.spawnProcess(processProtocol, request)
    }
}

extension ContractReactor {
    /// Runs the reactor until another thread stops it.
    ///
    /// `runToStop(within:)` does not work here on the memory reactor: the clock would jump to the
    /// limit before the other thread has run. That reactor uses its `waitLimit` instead.
    func runToStopByThread(sourceLocation: SourceLocation = #_sourceLocation) {
        if self is MemoryReactor {
            self.run()
        } else {
            self.runToStop(sourceLocation: sourceLocation)
        }
    }
}

/// The two kinds of reactors, the argument of each contract test.
enum ReactorKind: String, CaseIterable, Codable, CustomTestStringConvertible {
    case libev
    case memory

    var testDescription: String { self.rawValue }

    /// Calls `body` with a new reactor, and shuts the reactor down afterwards.
    func withReactor<Result>(
        _ body: (any ContractReactor) throws -> Result
    ) rethrows -> Result {
        let reactor: any ContractReactor =
            switch self {
            case .libev: LibevReactor()
            case .memory: MemoryReactor()
            }
        // On a busy machine, the other threads of a test can be delayed for a long time.
        (reactor as? MemoryReactor)?.waitLimit = .seconds(60)
        // A call that never ran keeps its closure, which usually captures the reactor. The shutdown
        // breaks this cycle.
        defer { reactor.shutDown() }
        return try body(reactor)
    }
}

/// The argument of each contract test about processes: a kind of reactor and the default kind of
/// stream of its children.
struct ProcessKind: Codable, CustomTestStringConvertible, Sendable {
    private let reactor: ReactorKind
    private let usesSockets: Bool

    static let allCases = [false, true].flatMap { usesSockets in
        ReactorKind.allCases.map { ProcessKind(reactor: $0, usesSockets: usesSockets) }
    }

    /// The streams of a child whose test does not choose others.
    @TaskLocal static var streams = ChildStreams.pipes

    var testDescription: String { "\(self.reactor) with \(self.usesSockets ? "sockets" : "pipes")" }

    /// Whether the children are real processes.
    var isReal: Bool { self.reactor == .libev }

    /// Calls `body` with a new reactor, and shuts the reactor down afterwards.
    func withReactor<Result>(
        _ body: (any ContractReactor) throws -> Result
    ) rethrows -> Result {
        try Self.$streams.withValue(self.usesSockets ? .socketPairs : .pipes) {
            try self.reactor.withReactor(body)
        }
    }
}
