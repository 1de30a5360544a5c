// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import PeerSupport

/// S4 COUNT SECONDS CHILD: COUNT children at once, each with two pipes and an inactivity timer, that sleep and
/// end.
struct ChildrenScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() async throws {
        raise_descriptor_limit()
        let warm = ChildrenFigures(ChildrenFigures.warmUpChildren)
        try await self.runSleepers(ChildrenFigures.warmUpChildren, seconds: "0", warm) {}
        let count = self.arguments.number(0)
        let figures = ChildrenFigures(count)
        try await self.runSleepers(count, seconds: self.arguments.text(1), figures) {
            try await Task.sleep(for: ChildrenFigures.idleBegins)
            figures.idleBegins()
            try await Task.sleep(for: ChildrenFigures.idleLength)
            figures.idleEnds()
        }
        figures.end()
    }

    /// Runs children to their end, and beside them `meanwhile`, once all are started.
    private func runSleepers(
        _ count: Int,
        seconds: String,
        _ figures: ChildrenFigures,
        meanwhile: @escaping @Sendable () async throws -> Void
    ) async throws {
        let program = self.arguments.text(2)
        let (starts, start) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    let text = try await Sleeper(program, seconds).run { start.yield() }
                    figures.ended(text)
                }
            }
            group.addTask {
                var starts = starts.makeAsyncIterator()
                for _ in 0..<count { await starts.next() }
                try await meanwhile()
            }
            try await group.waitForAll()
        }
    }
}
