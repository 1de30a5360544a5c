// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Glibc
internal import PeerSupport
internal import Subprocess
internal import SystemPackage

/// Runs one scenario on swift-subprocess.
///
/// Usage: subprocess-peer SCENARIO ARGUMENT…
@main
struct SubprocessPeer {
    static func main() async throws {
        let arguments = ScenarioArguments()
        switch arguments.name {
        case "S1": try await SpawnScenario(arguments).run()
        case "S3": try await OutputScenario(arguments).run()
        case "S4": try await ChildrenScenario(arguments).run()
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

    /// Starts a child, and returns once it has exited and both of its pipes are at end of file.
    private static func spawn(_ program: FilePath) async throws {
        let limit = 65536
        let result = try await Subprocess.run(
            .path(program),
            output: .bytes(limit: limit),
            error: .bytes(limit: limit)
        )
        if !result.terminationStatus.isSuccess {
            fail("a child failed: \(result.terminationStatus)")
        }
    }
}

/// S3 KIND BYTES CHUNK CHILD: reads the output of a child; KIND is ignored.
struct OutputScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() async throws {
        let figures = OutputFigures(self.arguments)
        let result = try await Subprocess.run(
            .path(FilePath(self.arguments.text(3))),
            arguments: ["blast", self.arguments.text(1), self.arguments.text(2)],
            input: .none,
            output: .sequence,
            error: .discarded
        ) { child in
            var received = 0
            for try await part in child.standardOutput { received += part.count }
            return received
        }
        if !result.terminationStatus.isSuccess {
            fail("a child failed: \(result.terminationStatus)")
        }
        figures.end(received: result.closureResult)
    }
}
