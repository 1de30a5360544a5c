// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Testing

/// An actor whose executor is the handle of a reactor.
actor Tenant {
    private nonisolated let handle: ReactorHandle
    private var cancelled = false
    private var notes: [String] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    var isOnReactor: Bool { self.handle.isOnReactor }

    var texts: [String] { self.notes }

    func note(_ text: String) { self.notes.append(text) }

    /// Awaits a delayed call of the reactor.
    func waitForCall() async throws -> String {
        let deferred = Deferred<String>()
        CurrentReactor.reactor.callLater(.milliseconds(1)) { deferred.succeed("called") }
        let text = try await deferred.value()
        return "\(text), on the reactor: \(self.handle.isOnReactor)"
    }

    /// Awaits a deferred that nobody fires, until the task is cancelled.
    func waitForEver(_ started: @Sendable () -> Void) async -> String {
        let deferred = Deferred<Void> { _ in self.cancelled = true }
        started()
        do {
            try await deferred.value()
            return "fired"
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

/// Actors whose executor is the handle of a reactor, on both reactors.
@Suite(.timeLimit(.minutes(5))) struct `Actors on a reactor` {
    @Test(arguments: ReactorKind.allCases)
    func `an actor may run on the thread of a reactor`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        #expect(await tenant.isOnReactor)
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `an actor on a reactor may await a delayed call`(kind: ReactorKind) async throws {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        for _ in 0..<20 {
            #expect(try await tenant.waitForCall() == "called, on the reactor: true")
        }
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `an actor on a reactor may await the work of a thread`(kind: ReactorKind) async throws {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        #expect(try await tenant.waitForThread() == 42)
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `an actor on a reactor may await a deferred that fails`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        await #expect(throws: TenantFailed.self) { try await tenant.waitForFailure() }
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `cancelling the task of an actor cancels the awaited deferred`(kind: ReactorKind) async {
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
    func `a delayed call may use an actor on its reactor without waiting`(kind: ReactorKind) async {
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
    func `many tasks on an actor of a reactor all run`(kind: ReactorKind) async {
        let running = RunningReactor(kind)
        let tenant = Tenant(running.handle)
        await withTaskGroup { group in
            for number in 0..<200 { group.addTask { await tenant.note("\(number)") } }
        }
        #expect(await tenant.texts.count == 200)
        running.stopAndWait()
    }

    @Test(arguments: ReactorKind.allCases)
    func `a job that is in the mailbox at the shutdown is run then`(kind: ReactorKind) async {
        let (handles, signal) = AsyncStream.makeStream(of: ReactorHandle.self)
        let (gone, goneSignal) = AsyncStream.makeStream(of: Void.self)
        startThread {
            kind.withReactor { reactor in
                signal.yield(reactor.handle)
                // Waits until the job is in the mailbox. No turn runs it before the shutdown.
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
