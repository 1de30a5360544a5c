// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PeerSupport

/// The scenarios on swift-subprocess: subprocess-peer SCENARIO ARGUMENT….
@main
struct SubprocessPeer {
    static func main() async throws {
        let arguments = ScenarioArguments()
        switch arguments.name {
        case "S1": try await SpawnScenario(arguments).run()
        case "S3": try await OutputScenario(arguments).run()
        case "S4": try await ChildrenScenario(arguments).run()
        default: exit(ScenarioArguments.exitCodeOfMissing)
        }
    }
}
