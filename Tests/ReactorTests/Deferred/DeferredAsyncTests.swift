// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import Testing

/// `Deferred.value()` on an actor whose executor is the handle of a reactor.
@Suite struct `Awaited deferreds` {
    private struct Broken: Error {}

    @Test(.timeLimit(.minutes(5)))
    func `awaiting a deferred that has fired returns its value`() async throws {
        let value = try await onResident { resident in
            try await resident.wait(for: .succeeded(5))
        }
        #expect(value == 5)
    }

    @Test(.timeLimit(.minutes(5)))
    func `awaiting a deferred resumes on the actor when the chain has its result`() async throws {
        for number in 0..<100 {
            let value = try await onResident { resident in
                let source = Deferred<Int>()
                return try await resident.wait(for: source.addCallback { $0 + 1 }) {
                    source.succeed(number)
                }
            }
            #expect(value == number + 1)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `awaiting a deferred throws the error that it fails with`() async throws {
        await #expect(throws: Broken.self) {
            try await onResident { resident in
                let source = Deferred<Int>()
                return try await resident.wait(for: source) { source.fail(Broken()) }
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `cancelling a task that awaits a deferred runs the canceller on the actor`() async throws {
        for _ in 0..<100 {
            await #expect(throws: CancelledError.self) {
                try await onResident { resident in
                    let source = Deferred<Int> { _ in resident.preconditionIsolated() }
                    return try await resident.wait(for: source) { resident.waiting?.cancel() }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a task that is cancelled before it waits cancels the deferred`() async throws {
        await #expect(throws: CancelledError.self) {
            try await onResident { resident in
                let source = Deferred<Int>()
                let task = Task {
                    _ = resident
                    return try await source.value()
                }
                task.cancel()
                return try await task.value
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an error that is thrown to a task counts as handled`() async throws {
        let failures = FailureLog()
        await UnhandledFailure.$sink.withValue(.init { failures.add($0) }) {
            _ = try? await onResident { try await $0.wait(for: .failed(Broken())) }
        }
        #expect(failures.all.isEmpty)
    }

    private func onResident(
        _ body: @Sendable (isolated Resident) async throws -> Int
    ) async throws -> Int {
        let resident = Resident()
        defer { resident.thread.stop() }
        return try await body(resident)
    }
}

/// An actor with its own thread, on which the deferreds of the tests are made and fired.
private actor Resident {
    nonisolated let thread = JobThread()
    private(set) var waiting: Task<Int, any Error>?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.handle.asUnownedSerialExecutor()
    }

    /// Awaits a deferred in a new task and calls `act` when that task waits.
    func wait(for deferred: Deferred<Int>, _ act: () -> Void = {}) async throws -> Int {
        let task = Task {
            self.preconditionIsolated()
            defer { self.preconditionIsolated() }
            return try await deferred.value()
        }
        self.waiting = task
        // The executor runs jobs in the order of their arrival. After this line the new task waits.
        await Task.yield()
        act()
        return try await task.value
    }
}

/// A thread that runs the jobs of a handle, as a reactor does in its turns.
private final class JobThread: Sendable {
    let handle: ReactorHandle

    init() {
        let semaphore = DispatchSemaphore(value: 0)
        let handle = ReactorHandle { semaphore.signal() }
        self.handle = handle
        startThread {
            handle.adoptCurrentThread()
            var isRunning = true
            while isRunning {
                semaphore.wait()
                handle.runMessages(stop: { isRunning = false }, deliver: { _, _ in })
            }
        }
    }

    func stop() {
        self.handle.stop()
    }
}
