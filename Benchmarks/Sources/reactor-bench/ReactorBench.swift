// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The scenarios on swift-reactor, through its public API.
///
/// Usage: reactor-bench SCENARIO ARGUMENT…; prints lines of scenario, metric and value, as the floor does for the same scenario with the same arguments.
@main
struct ReactorBench {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        let arguments = ScenarioArguments(words.dropFirst())
        switch words.first {
        case "S1": SpawnScenario(arguments).run()
        case "S2": TimerScenario(arguments).run()
        case "S2b": CancelledTimerScenario(arguments).run()
        case "S2c": ResetScenario(arguments).run()
        case "S3": OutputScenario(arguments).run()
        case "S4": ChildrenScenario(arguments).run()
        case "S5": ThreadScenario(arguments).run()
        case "S6": ChainScenario(arguments).run()
        case "S6b": ChunkScenario(arguments).run()
        case "S7": MonitorScenario(arguments).run()
        case "turns": TurnScenario(arguments).run()
        case "beats": BeatScenario(arguments).run()
        default: fail("no such scenario: \(words.first ?? "")")
        }
    }
}
