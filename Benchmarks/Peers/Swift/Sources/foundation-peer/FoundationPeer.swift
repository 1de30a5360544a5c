// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PeerSupport
internal import Synchronization

/// Runs one scenario on Foundation's `Process`.
///
/// Usage: foundation-peer SCENARIO ARGUMENT…
@main
struct FoundationPeer {
    static func main() throws {
        let arguments = ScenarioArguments()
        switch arguments.name {
        case "S1": try SpawnScenario(arguments).run()
        case "S3": try OutputScenario(arguments).run()
        case "S4": try ChildrenScenario(arguments).run()
        default: exit(ScenarioArguments.exitCodeOfMissing)
        }
    }
}

/// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM: starts COUNT children, eight of them alive at
/// a time.
struct SpawnScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() throws {
        let count = self.arguments.number(0)
        let program = self.arguments.text(3)
        let allowed = DispatchSemaphore(value: 0)
        for _ in 0..<SpawnFigures.aliveAtATime { allowed.signal() }
        let figures = SpawnFigures(self.arguments)
        for _ in 0..<count {
            allowed.wait()
            _ = try Child(program) { allowed.signal() }
        }
        for _ in 0..<SpawnFigures.aliveAtATime { allowed.wait() }
        figures.end()
    }
}

/// S3 KIND BYTES CHUNK CHILD: reads the output of a child; KIND is ignored.
struct OutputScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() throws {
        let words = ["blast", self.arguments.text(1), self.arguments.text(2)]
        let ended = DispatchSemaphore(value: 0)
        let received = Counter()
        let figures = OutputFigures(self.arguments)
        _ = try Child(self.arguments.text(3), words) { data in
            received.value.add(data.count, ordering: .relaxed)
        } whenEnded: {
            ended.signal()
        }
        ended.wait()
        figures.end(received: received.value.load(ordering: .relaxed))
    }
}

/// An atomic integer in an object, so that a closure can capture it.
private final class Counter: Sendable {
    let value = Atomic(0)
}
