// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The error of a test that leaves something behind, as `requireNothingLeft()` throws it.
public struct LeftoverError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for each thing that was left.
    public var leftovers: [String]

    /// Creates an error that lists `leftovers`.
    public init(leftovers: [String]) {
        self.leftovers = leftovers
    }

    /// The sentences, one after the other.
    public var description: String { self.leftovers.joined(separator: " ") }
}

/// A clock or a reactor that can say what a test has left on it.
///
/// Twisted's trial calls a reactor with such leftovers dirty. Code that leaves a delayed call, a
/// process or a watch behind would go on in production although it seems to be done:
///
///     try reactor.requireNothingLeft()
public protocol LeftoverReporting: AnyObject {
    /// One sentence for each thing that is left, or an empty array.
    ///
    /// Reactors list delayed calls, running processes, watched descriptors, handled signals, work
    /// on threads whose result has not arrived, tasks that await a deferred, and messages of other
    /// threads. A clock lists its delayed calls.
    var leftovers: [String] { get }
}

extension LeftoverReporting {
    /// Throws an error that lists everything that is left.
    ///
    /// - Throws: ``LeftoverError``.
    public func requireNothingLeft() throws {
        let leftovers = self.leftovers
        if !leftovers.isEmpty { throw LeftoverError(leftovers: leftovers) }
    }
}

extension TestClock: LeftoverReporting {
    /// One sentence for each pending delayed call.
    public var leftovers: [String] { Self.sentences(self.delayedCalls) }

    static func sentences(_ calls: [DelayedCall]) -> [String] {
        calls.compactMap(\.deadline).sorted()
            .map { "A delayed call is pending, which is due at \($0)." }
    }
}

extension MemoryReactor: LeftoverReporting {
    /// One sentence for each thing that is left; see ``LeftoverReporting/leftovers``.
    ///
    /// A scripted process counts for as long as one of its processes is alive, even if its end has
    /// been reported. A waiting script is not listed as a delayed call.
    public var leftovers: [String] {
        let waits = self.processes.flatMap(\.members).compactMap(\.nextStep)
        let calls = self.delayedCalls.filter { !waits.contains($0) }
        let processes = self.processes.filter { !$0.isGone }.map { process in
            let count = process.members.count(where: \.isAlive)
            let command = ([process.request.executable] + process.request.arguments)
                .joined(separator: " ")
            return "The child \"\(command)\" has \(count) running process"
                + (count == 1 ? "." : "es.")
        }
        return TestClock.sentences(calls) + processes
            + self.watches.map(\.descriptor).sorted()
            .map { "The descriptor \($0) is being watched." }
            + self.signalHandlers.keys.map { "The signal \($0) is being handled." }.sorted()
            + self.handle.leftovers(threads: self.pendingResults.count)
    }
}

extension LibevReactor: LeftoverReporting {
    /// One sentence for each thing that is left; see ``LeftoverReporting/leftovers``.
    public var leftovers: [String] { self.leftoverSentences }
}
