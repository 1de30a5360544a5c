// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import NIOCore
internal import PeerSupport
internal import Synchronization

/// S2 COUNT LONGEST: schedules COUNT timers with delays from 0 to LONGEST milliseconds, and waits
/// until all have fired.
struct TimerScenario {
    private let count: Int
    private let longest: TimeAmount

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.longest = .milliseconds(Int64(arguments.number(1)))
    }

    func run(on loop: any EventLoop) throws {
        let delays = nextDelays(self.count, longest: self.longest)
        let done = loop.makePromise(of: Void.self)
        let countdown = Countdown(self.count, done)
        let start = try loop.submit {
            let start = cpu_seconds()
            for delay in delays { try loop.scheduleCallback(in: delay, handler: countdown) }
            return start
        }.wait()
        try done.futureResult.wait()
        report("S2", "cpu_ns", (cpu_seconds() - start) / Double(self.count) * 1e9)
    }
}

/// S2b COUNT LIVE: schedules COUNT timers and cancels them, while LIVE others are pending.
///
/// SwiftNIO searches all pending timers for the one to cancel.
struct CancelledTimerScenario {
    private struct Nothing: NIOScheduledCallbackHandler, Sendable {
        func handleScheduledCallback(eventLoop: some EventLoop) {}
    }

    private let count: Int
    private let live: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        self.live = arguments.number(1)
    }

    func run(on loop: any EventLoop) throws {
        let delays = nextDelays(self.count, longest: .seconds(1))
        let others = nextDelays(self.live, longest: .seconds(1))
        let cpu = try loop.submit {
            for delay in others { try loop.scheduleCallback(in: delay, handler: Nothing()) }
            let start = cpu_seconds()
            let callbacks = try delays.map {
                try loop.scheduleCallback(in: $0, handler: Nothing())
            }
            for callback in callbacks { callback.cancel() }
            return cpu_seconds() - start
        }.wait()
        report("S2b", "cpu_ns", cpu / Double(self.count) * 1e9)
    }
}

/// S2c COUNT: resets an inactivity timeout COUNT times, 1000 times in each turn of the loop.
struct ResetScenario {
    private struct Silence: NIOScheduledCallbackHandler, Sendable {
        func handleScheduledCallback(eventLoop: some EventLoop) {
            fail("the inactivity timeout fired although it was reset")
        }
    }

    private static let resetsPerTurn = 1000
    private static let limit = TimeAmount.seconds(60)

    private let count: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run(on loop: any EventLoop) throws {
        let done = loop.makePromise(of: Void.self)
        let start = cpu_seconds()
        loop.execute {
            do {
                let timer = try loop.scheduleCallback(in: Self.limit, handler: Silence())
                try Self.resetMany(on: loop, timer, left: self.count, done)
            } catch {
                done.fail(error)
            }
        }
        try done.futureResult.wait()
        report("S2c", "ns", (cpu_seconds() - start) / Double(self.count) * 1e9)
    }

    private static func resetMany(
        on loop: any EventLoop,
        _ first: NIOScheduledCallback,
        left: Int,
        _ done: EventLoopPromise<Void>
    ) throws {
        var timer = first
        for _ in 0..<Self.resetsPerTurn {
            timer.cancel()
            timer = try loop.scheduleCallback(in: Self.limit, handler: Silence())
        }
        let next = timer
        if left <= Self.resetsPerTurn { return done.succeed() }
        loop.execute {
            do {
                try Self.resetMany(on: loop, next, left: left - Self.resetsPerTurn, done)
            } catch {
                done.fail(error)
            }
        }
    }
}

/// A timer handler that fulfills a promise after a number of calls.
private final class Countdown: NIOScheduledCallbackHandler, Sendable {
    private let left: Atomic<Int>
    private let done: EventLoopPromise<Void>

    init(_ count: Int, _ done: EventLoopPromise<Void>) {
        self.left = Atomic(count)
        self.done = done
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        if self.left.subtract(1, ordering: .relaxed).newValue == 0 { self.done.succeed() }
    }
}

/// Returns the next delays of the floor's fixed sequence.
private func nextDelays(_ count: Int, longest: TimeAmount) -> [TimeAmount] {
    (0..<count).map { _ in .nanoseconds(Int64(next_delay() * Double(longest.nanoseconds))) }
}
