// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Dispatch
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import PeerSupport

/// Runs one scenario on SwiftNIO.
///
/// Usage: nio-peer SCENARIO ARGUMENT…
///
/// SwiftNIO cannot start children, so there is no S1 and no S4. The timers are scheduled callbacks,
/// which cost less than half as much as scheduled tasks.
@main
struct NIOPeer {
    static func main() throws {
        let arguments = ScenarioArguments()
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        switch arguments.name {
        case "S2": try TimerScenario(arguments).run(on: loop)
        case "S2b": try CancelledTimerScenario(arguments).run(on: loop)
        case "S2c": try ResetScenario(arguments).run(on: loop)
        case "S3": try OutputScenario(arguments).run(on: loop)
        case "S5": ThreadScenario(arguments).run(on: loop)
        default: exit(ScenarioArguments.exitCodeOfMissing)
        }
    }
}

/// S5 COUNT: a thread calls a function on the loop and waits until it has run, COUNT times.
struct ThreadScenario {
    private let count: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run(on loop: any EventLoop) {
        let reply = DispatchSemaphore(value: 0)
        let start = monotonic_seconds()
        for _ in 0..<self.count {
            loop.execute { reply.signal() }
            reply.wait()
        }
        report("S5", "us", (monotonic_seconds() - start) / Double(self.count) * 1e6)
    }
}
