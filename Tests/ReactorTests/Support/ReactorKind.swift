// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

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
        (reactor as? MemoryReactor)?.patience = .seconds(60)
        // Breaks the cycles of what never ran: reactor, call, closure, reactor.
        defer { reactor.shutDown() }
        return try body(reactor)
    }
}
