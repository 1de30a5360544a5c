// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import PeerSupport
internal import Subprocess
internal import SystemPackage

/// A child that sleeps, and its inactivity timer.
struct Sleeper {
    private let program: FilePath
    private let seconds: String

    init(_ program: String, _ seconds: String) {
        self.program = FilePath(program)
        self.seconds = seconds
    }

    /// What it printed, once it has exited and both pipes are at their end.
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
        if !result.terminationStatus.isSuccess { fail("a child did not end well") }
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
            fail("a child was silent for too long")
        }
    }
}
