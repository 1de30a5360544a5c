// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import PeerSupport
internal import Subprocess
internal import SystemPackage

/// S3 KIND BYTES CHUNK CHILD: reads what a child writes.
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
        if !result.terminationStatus.isSuccess { fail("a child did not end well") }
        figures.end(received: result.closureResult)
    }
}
