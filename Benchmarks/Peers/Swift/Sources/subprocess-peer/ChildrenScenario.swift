// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import PeerSupport
internal import Subprocess
internal import SystemPackage

/// S4 COUNT SECONDS CHILD: runs COUNT children at the same time, each with two pipes and an
/// inactivity timer; each sleeps and exits.
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

    /// Runs children until all have ended, and runs `meanwhile` once all have started.
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

/// A child that sleeps, with an inactivity timer.
private struct Sleeper {
    private let program: FilePath
    private let seconds: String

    init(_ program: String, _ seconds: String) {
        self.program = FilePath(program)
        self.seconds = seconds
    }

    /// Starts the child, and returns its output once it has exited and both of its pipes are at end
    /// of file.
    func run(whenStarted: @Sendable () -> Void) async throws -> [UInt8] {
        let result = try await Subprocess.run(
            .path(self.program),
            arguments: ["sleep", self.seconds],
            input: .none,
            output: .sequence,
            error: .sequence
        ) { child in
            whenStarted()
            async let errors: Void = Self.drain(child.standardError)
            let text = try await Self.read(child.standardOutput)
            try await errors
            return text
        }
        if !result.terminationStatus.isSuccess {
            fail("a child failed: \(result.terminationStatus)")
        }
        return result.closureResult
    }

    private static func drain(_ stream: SubprocessOutputSequence) async throws {
        for try await _ in stream {}
    }

    private static func read(_ stream: SubprocessOutputSequence) async throws -> [UInt8] {
        var text: [UInt8] = []
        var timer = Self.startTimer()
        for try await part in stream {
            timer.cancel()
            timer = Self.startTimer()
            part.withUnsafeBytes { text.append(contentsOf: $0) }
        }
        timer.cancel()
        return text
    }

    private static func startTimer() -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: ChildrenFigures.inactivityLimit)
            fail("a child wrote nothing until the inactivity timeout")
        }
    }
}
