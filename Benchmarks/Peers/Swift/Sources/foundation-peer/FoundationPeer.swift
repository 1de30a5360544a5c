// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PeerSupport

/// The scenarios on Foundation.Process: foundation-peer SCENARIO ARGUMENT….
@main
struct FoundationPeer {
    static func main() throws {
        let arguments = ScenarioArguments()
        switch arguments.name {
        case "S1": try SpawnScenario(arguments).run()
        case "S3": try OutputScenario(arguments).run()
        case "S4": try ChildrenScenario(arguments).run()
        default: exit(ScenarioArguments.exitCodeOfMissing)
        }
    }
}
