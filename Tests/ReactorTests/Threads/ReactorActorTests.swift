// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// An actor that lives on a reactor.
actor Tenant {
    private nonisolated let handle: ReactorHandle
    private var cancelled = false
    private var notes: [String] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    var isOnReactor: Bool { self.handle.isOnReactor }

    var texts: [String] { self.notes }

    func note(_ text: String) { self.notes.append(text) }

    /// Waits for a delayed call of its reactor.
    func waitForCall() async throws -> String {
        let deferred = Deferred<String>()
        CurrentReactor.reactor.callLater(.milliseconds(1)) { deferred.succeed("called") }
        let text = try await deferred.value()
        return "\(text), on the reactor: \(self.handle.isOnReactor)"
    }

    /// Waits for something that never comes, until it is cancelled.
    func waitForEver(_ started: @Sendable () -> Void) async -> String {
        let deferred = Deferred<Void> { _ in self.cancelled = true }
        started()
        do {
            try await deferred.value()
            return "came"
        } catch {
            return "\(type(of: error)), cancelled: \(self.cancelled)"
        }
    }

    func waitForThread() async throws -> Int {
        guard let reactor = CurrentReactor.reactor as? any ReactorThreads else { return 0 }
        return try await reactor.deferToThread { 6 * 7 }.value()
    }

    func waitForFailure() async throws {
        let deferred = Deferred<Void>()
        CurrentReactor.reactor.callLater(.zero) { deferred.fail(TenantFailed()) }
        try await deferred.value()
    }
}

struct TenantFailed: Error {}

/// Actors that live on a reactor.
@Suite(.timeLimit(.minutes(5))) struct ReactorActorTests {
    @Test(arguments: ReactorKind.allCases)
    func `an actor may live on a reactor`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        #expect(await tenant.isOnReactor)
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `it may wait for a delayed call`(kind: ReactorKind) async throws {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        for _ in 0..<20 {
            #expect(try await tenant.waitForCall() == "called, on the reactor: true")
        }
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `it may wait for work of a thread`(kind: ReactorKind) async throws {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        #expect(try await tenant.waitForThread() == 42)
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `it gets the failure that it waited for`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        await #expect(throws: TenantFailed.self) { try await tenant.waitForFailure() }
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `cancelling its task cancels what it waits for`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task { await tenant.waitForEver { signal.yield() } }
        for await _ in started { break }
        task.cancel()
        #expect(await task.value == "CancelledError, cancelled: true")
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `code of the reactor's may use it without waiting`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        let (done, signal) = AsyncStream.makeStream(of: Void.self)
        running.handle.callFromThread {
            CurrentReactor.reactor.callLater(.zero) {
                tenant.assumeIsolated { tenant in tenant.note("\(tenant.isOnReactor)") }
                signal.yield()
            }
        }
        for await _ in done { break }
        #expect(await tenant.texts == ["true"])
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `many tasks on it run one at a time, in order`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        await withTaskGroup { group in
            for number in 0..<200 { group.addTask { await tenant.note("\(number)") } }
        }
        #expect(await tenant.texts.count == 200)
        running.stopAndWait()
    }

    @Test func `an actor whose reactor has gone stops the program, for it could only hang`() async {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let running = RunningReactor(.libev)
            let tenant = Tenant(running.handle)
            running.stopAndWait()
            _ = await tenant.isOnReactor
        }
        #expect(
            result.said(
                "An actor that lives on a reactor was called after the reactor had shut down"
            )
        )
    }

    @Test(arguments: ReactorKind.allCases)
    func `a job that waits when the reactor ends is run, not lost`(kind: ReactorKind) async {
        let (handles, signal) = AsyncStream.makeStream(of: ReactorHandle.self)
        let (gone, goneSignal) = AsyncStream.makeStream(of: Void.self)
        startThread {
            kind.withReactor { reactor in
                signal.yield(reactor.handle)
                // Until the job is at the door; no turn is made that would run it.
                while !reactor.handle.hasMessages {}
            }
            goneSignal.yield()
        }
        for await handle in handles {
            #expect(await Tenant(handle).isOnReactor)
            break
        }
        for await _ in gone { break }
    }
}
