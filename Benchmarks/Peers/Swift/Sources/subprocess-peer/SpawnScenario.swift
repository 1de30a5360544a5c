// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import PeerSupport
internal import Subprocess
internal import SystemPackage

/// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM: starts COUNT children, eight alive at a time.
struct SpawnScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() async throws {
        let count = self.arguments.number(0)
        let program = FilePath(self.arguments.text(3))
        let figures = SpawnFigures(self.arguments)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for started in 0..<count {
                if started >= SpawnFigures.aliveAtATime { try await group.next() }
                group.addTask { try await Self.spawn(program) }
            }
            try await group.waitForAll()
        }
        figures.end()
    }

    /// Comes back when the child has exited and both pipes are at their end.
    private static func spawn(_ program: FilePath) async throws {
        let limit = 65536
        let result = try await Subprocess.run(
            .path(program),
            output: .bytes(limit: limit),
            error: .bytes(limit: limit)
        )
        if !result.terminationStatus.isSuccess { fail("a child did not end well") }
    }
}
