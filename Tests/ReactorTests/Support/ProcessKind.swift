// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

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
