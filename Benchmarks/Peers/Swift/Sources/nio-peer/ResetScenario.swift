// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import NIOCore
internal import PeerSupport

/// S2c COUNT: resets an inactivity timeout COUNT times, 1000 a turn of the loop.
struct ResetScenario {
    private struct Silence: NIOScheduledCallbackHandler, Sendable {
        func handleScheduledCallback(eventLoop: some EventLoop) { fail("there was activity") }
    }

    private static let resetsATurn = 1000
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
        for _ in 0..<Self.resetsATurn {
            timer.cancel()
            timer = try loop.scheduleCallback(in: Self.limit, handler: Silence())
        }
        let next = timer
        if left <= Self.resetsATurn { return done.succeed() }
        loop.execute {
            do {
                try Self.resetMany(on: loop, next, left: left - Self.resetsATurn, done)
            } catch {
                done.fail(error)
            }
        }
    }
}
