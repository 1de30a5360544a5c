// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import Testing

/// All that a contract suite needs of a reactor, real or fake.
protocol ContractReactor: ReactorCore, ReactorIO, ReactorProcess, ReactorThreads {
    func shutDown()

    /// A pipe whose ends the reactor can watch.
    func makeTestPipe() throws -> any TestPipe

    /// What has to be asked for so that a child does `acts`.
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
    /// Runs the reactor until it is stopped; if nobody does, fails the test and stops it.
    ///
    /// `limit` is time of the reactor's own, so the fake reaches it as soon as it has nothing else
    /// to do.
    func runToStop(
        within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        self.callLater(limit) {
            Issue.record("Nobody stopped the reactor in \(limit).", sourceLocation: sourceLocation)
            self.stop()
        }
        self.run()
    }

    /// Runs turns until `condition` holds; fails the test if it does not in `limit`.
    func turn(
        until condition: () -> Bool,
        within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let end = self.now + limit
        while !condition() {
            guard self.now < end else {
                Issue.record("It did not happen in \(limit).", sourceLocation: sourceLocation)
                return
            }
            self.iterate(end - self.now)
        }
    }

    /// Starts a child that does `acts`.
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
    /// Runs until a thread stops the reactor.
    ///
    /// The fake has its own limit then: with a call to come at 20 seconds it would not wait for
    /// threads.
    func runToStopByThread(sourceLocation: SourceLocation = #_sourceLocation) {
        if self is MemoryReactor {
            self.run()
        } else {
            self.runToStop(sourceLocation: sourceLocation)
        }
    }
}

/// The reactors that every contract suite runs on, with the same text.
enum ReactorKind: String, CaseIterable, Codable, CustomTestStringConvertible {
    case libev
    case memory

    var testDescription: String { self.rawValue }

    /// Makes a reactor for `body` and shuts it down after it.
    func withReactor<Result>(
        _ body: (any ContractReactor) throws -> Result
    ) rethrows -> Result {
        let reactor: any ContractReactor =
            switch self {
            case .libev: LibevReactor()
            case .memory: MemoryReactor()
            }
        // A busy machine may keep a test's other threads waiting for long.
        (reactor as? MemoryReactor)?.waitLimit = .seconds(60)
        // Breaks the cycles of what never ran: reactor, call, closure, reactor.
        defer { reactor.shutDown() }
        return try body(reactor)
    }
}

/// What the contract suites of processes run on: each reactor, with each kind of stream that a
/// child has when its request does not say.
struct ProcessKind: Codable, CustomTestStringConvertible, Sendable {
    private let reactor: ReactorKind
    private let usesSockets: Bool

    static let allCases = [false, true].flatMap { usesSockets in
        ReactorKind.allCases.map { ProcessKind(reactor: $0, usesSockets: usesSockets) }
    }

    /// The streams of a request that says nothing else.
    @TaskLocal static var streams = ChildStreams.pipes

    var testDescription: String { "\(self.reactor) with \(self.usesSockets ? "sockets" : "pipes")" }

    /// Whether its children are real ones.
    var isReal: Bool { self.reactor == .libev }

    /// Makes a reactor for `body` and shuts it down after it.
    func withReactor<Result>(
        _ body: (any ContractReactor) throws -> Result
    ) rethrows -> Result {
        try Self.$streams.withValue(self.usesSockets ? .socketPairs : .pipes) {
            try self.reactor.withReactor(body)
        }
    }
}
