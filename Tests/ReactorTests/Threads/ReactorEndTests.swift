// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import Synchronization
import Testing

/// An actor on a reactor, whose tasks are waiting when the reactor ends.
private actor Guest {
    private nonisolated let handle: ReactorHandle
    private var isInside = false
    private(set) var calls = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }

    init(_ handle: ReactorHandle) { self.handle = handle }

    /// Awaits a deferred that nobody fires.
    func wait(_ waits: @Sendable () -> Void, canceller: @escaping @Sendable () -> Void = {})
        async -> String
    {
        await self.outcome(of: Deferred<Int> { _ in canceller() }, waits)
    }

    /// Awaits the result of work on a thread that does not end before the reactor.
    func waitForThread(_ gate: DispatchSemaphore, _ waits: @Sendable () -> Void) async -> String {
        guard let reactor = CurrentReactor.reactor as? any ReactorThreads else { return "none" }
        let deferred = reactor.deferToThread {
            gate.wait()
            return 1
        }
        return await self.outcome(of: deferred, waits)
    }

    func waitForLoop(_ waits: @Sendable () -> Void) async -> String {
        let loop = LoopingCall {}
        return await self.outcome(
            of: loop.start(interval: .seconds(3600)).addCallback { 1 },
            waits
        )
    }

    func waitForDelay(_ waits: @Sendable () -> Void) async -> String {
        let later = deferLater(CurrentReactor.reactor, .seconds(1_000_000)) { 1 }
        return await self.outcome(of: later, waits)
    }

    /// Awaits one deferred after the other, and leaves the reactor in between.
    func waitAgain(_ waits: @Sendable () -> Void) async -> [String] {
        var outcomes = [await self.wait(waits)]
        outcomes.append(await self.wait {})
        await Task.detached {}.value
        outcomes.append(await self.wait {})
        for _ in 0..<5000 { await Task.yield() }
        outcomes.append(await self.wait {})
        return outcomes
    }

    /// Counts a call, and fails if another call runs at the same time.
    func call() {
        let isAlone = !self.isInside
        #expect(isAlone)
        self.isInside = true
        self.calls += 1
        self.preconditionIsolated()
        self.isInside = false
    }

    private func outcome(of deferred: Deferred<Int>, _ waits: @Sendable () -> Void) async -> String
    {
        waits()
        do { return "\(try await deferred.value())" } catch { return "\(type(of: error))" }
    }
}

/// The tasks and calls that meet the end of a reactor, on both reactors.
@Suite(.timeLimit(.minutes(5))) struct `End of a reactor` {
    /// Starts `body` on an actor, and ends the reactor once the task waits.
    private func endWhileWaiting<Result: Sendable>(
        _ kind: ReactorKind,
        _ body: @escaping @Sendable (Guest, @escaping @Sendable () -> Void) async -> Result
    ) async -> (Result, task: Task<Result, Never>, handle: ReactorHandle) {
        let running = RunningReactor(kind)
        let guest = Guest(running.handle)
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task { await body(guest) { signal.yield() } }
        for await _ in started { break }
        // The request to stop arrives in a later turn than the job that begins the wait.
        running.stopAndWait()
        return (await task.value, task, running.handle)
    }

    @Test(arguments: ReactorKind.allCases)
    func `a task that awaits a deferred gets a CancelledError`(kind: ReactorKind) async {
        let isCancelled = Mutex(false)
        let (outcome, task, _) = await self.endWhileWaiting(kind) { guest, waits in
            await guest.wait(waits) { isCancelled.withLock { $0 = true } }
        }
        #expect(outcome == "CancelledError")
        // The end of a reactor stops no operation, so it calls no canceller.
        task.cancel()
        #expect(!isCancelled.withLock { $0 })
    }

    @Test(arguments: ReactorKind.allCases)
    func `a task that awaits a looping call, a delay or a thread gets a CancelledError`(
        kind: ReactorKind
    ) async {
        let gate = DispatchSemaphore(value: 0)
        let thread = await self.endWhileWaiting(kind) { guest, waits in
            // The memory reactor would run the work in a turn of its own.
            kind == .memory ? await guest.wait(waits) : await guest.waitForThread(gate, waits)
        }
        gate.signal()
        #expect(thread.0 == "CancelledError")
        #expect(
            await self.endWhileWaiting(.libev) { await $0.waitForLoop($1) }.0 == "CancelledError"
        )
        #expect(
            await self.endWhileWaiting(.libev) { await $0.waitForDelay($1) }.0 == "CancelledError"
        )
    }

    @Test(arguments: ReactorKind.allCases)
    func `a task that waits again after the end gets further errors and comes to its end`(
        kind: ReactorKind
    ) async {
        let (outcomes, _, _) = await self.endWhileWaiting(kind) { await $0.waitAgain($1) }
        #expect(outcomes == Array(repeating: "CancelledError", count: 4))
    }

    @Test(arguments: ReactorKind.allCases)
    func `a task may be cancelled while its reactor ends`(kind: ReactorKind) async {
        for _ in 0..<100 {
            let running = RunningReactor(kind)
            let guest = Guest(running.handle)
            let task = Task { await guest.wait {} }
            running.handle.stop()
            task.cancel()
            #expect(await task.value == "CancelledError")
            running.waitForEnd()
        }
    }

    @Test(arguments: ReactorKind.allCases)
    func `calls of an actor after the end run one at a time on another thread`(kind: ReactorKind)
        async
    {
        let running = RunningReactor(kind)
        let guest = Guest(running.handle)
        running.stopAndWait()
        await withTaskGroup { group in
            for _ in 0..<200 { group.addTask { await guest.call() } }
        }
        #expect(await guest.calls == 200)
        #expect(!running.handle.isOnReactor)
        #expect(!running.handle.callFromThread {})
        #expect(!running.handle.stop())
    }

    @Test func `a reactor that never ran ends the waits when it is released`() async {
        let (handles, signal) = AsyncStream.makeStream(of: ReactorHandle.self)
        let (waits, waitSignal) = AsyncStream.makeStream(of: Void.self)
        let isWaiting = DispatchSemaphore(value: 0)
        startThread {
            let reactor = LibevReactor()
            signal.yield(reactor.handle)
            isWaiting.wait()
            reactor.iterate(.seconds(60))
        }
        var handle: ReactorHandle?
        for await next in handles {
            handle = next
            break
        }
        guard let handle else { return }
        let guest = Guest(handle)
        let task = Task { await guest.wait { waitSignal.yield() } }
        while !handle.hasMessages { await Task.yield() }
        isWaiting.signal()
        for await _ in waits { break }
        #expect(await task.value == "CancelledError")
    }
}
