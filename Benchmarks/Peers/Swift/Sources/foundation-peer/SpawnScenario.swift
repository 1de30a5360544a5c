// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PeerSupport

/// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM: starts COUNT children, eight alive at a time.
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
