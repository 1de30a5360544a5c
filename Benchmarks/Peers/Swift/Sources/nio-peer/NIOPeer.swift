// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOPosix
internal import PeerSupport

/// The scenarios on SwiftNIO: nio-peer SCENARIO ARGUMENT….
///
/// It starts no children, so it has no S1 and no S4. Timers are callbacks, which cost it less than half of a
/// scheduled task.
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
