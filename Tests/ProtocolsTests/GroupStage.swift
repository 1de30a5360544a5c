// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Protocols
import Reactor
import ReactorTesting
import TestSupport
import Testing

/// The two kinds of reactors, the argument of a test that runs on both.
enum StageKind: String, CaseIterable, Codable, CustomTestStringConvertible {
    case libev
    case memory

    var testDescription: String { self.rawValue }
}

/// A reactor on which a test ends a child that has a stubborn descendant in its process group.
final class GroupStage {
    typealias StageReactor = ReactorCore & ReactorProcess & ReactorThreads

    let reactor: any StageReactor
    /// An argument that no process outside of this stage has.
    let mark = "out:\(UUID().uuidString)"
    private var processCount = 0

    init(_ kind: StageKind) {
        switch kind {
        case .libev: self.reactor = LibevReactor()
        case .memory: self.reactor = MemoryReactor()
        }
    }

    deinit {
        (self.reactor as? LibevReactor)?.shutDown()
        (self.reactor as? MemoryReactor)?.shutDown()
    }

    /// A request with default values for a child whose descendant ignores SIGINT.
    ///
    /// The child writes a text, and then pauses unless `exits` is `true`.
    func request(exits: Bool = false) -> SpawnRequest {
        // The descendant inherits the ignored signal, so it ignores SIGINT from its start.
        let verbs = ["ignore:2", "child:pause", "default:2", self.mark, exits ? "exit:0" : "pause"]
        (self.reactor as? MemoryReactor)?.programs = { _ in
            [
                .start([.ignore(.interrupt), .pause]), .wait(.zero), .write("ready"),
                exits ? .exit(0) : .pause,
            ]
        }
        return SpawnRequest(testChild, verbs)
    }

    /// The arguments of the request, for a function that takes a command.
    var command: [String] {
        let request = self.request()
        return [request.executable] + request.arguments
    }

    /// Runs turns until `condition` is true, for at most 60 seconds on the clock of the reactor.
    func turn(
        until condition: () -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let end = self.reactor.now + .seconds(60)
        while !condition() {
            guard self.reactor.now < end else {
                Issue.record("The condition did not become true.", sourceLocation: sourceLocation)
                return
            }
            self.reactor.iterate(end - self.reactor.now)
        }
    }

    /// Runs turns for a duration on the clock of the reactor.
    func turn(for duration: Duration) {
        let end = self.reactor.now + duration
        while self.reactor.now < end { self.reactor.iterate(end - self.reactor.now) }
    }

    /// Whether at least one process of this stage is alive.
    var hasProcesses: Bool {
        if let reactor = self.reactor as? MemoryReactor {
            return !reactor.processes.allSatisfy(\.isGone)
        }
        return !processes(marked: self.mark).isEmpty
    }

    /// Whether at least one process of this stage stays alive, although it was killed.
    var leavesProcesses: Bool {
        self.reactor is MemoryReactor
            ? self.hasProcesses : !processesLeft(marked: self.mark).isEmpty
    }

    /// Kills everything that the stage has left.
    func cleanUp() {
        for pid in processes(marked: self.mark) { kill(pid, SIGKILL) }
    }
}

/// The first signal and the time limit of each kill of these tests.
extension ProcessProtocolWithTwoStageKill {
    func shortenStages() {
        self.waitBeforeKill = .milliseconds(200)
    }
}
