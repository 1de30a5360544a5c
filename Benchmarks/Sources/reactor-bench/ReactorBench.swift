// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Runs one scenario on swift-reactor, through its public API.
///
/// Usage: reactor-bench SCENARIO ARGUMENT…
///
/// The program prints lines of scenario, metric and value. The floor prints the same metrics for
/// the same scenario and arguments.
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
        case "heartbeats": HeartbeatScenario(arguments).run()
        case let name?: fail("there is no scenario \(name)")
        case nil: fail("usage: reactor-bench SCENARIO ARGUMENT…")
        }
    }
}

/// The arguments of a scenario: the words after its name.
struct ScenarioArguments {
    private let words: [String]

    init(_ words: ArraySlice<String>) {
        self.words = Array(words)
    }

    func text(_ index: Int) -> String {
        guard index < self.words.count else { fail("argument \(index + 1) is missing") }
        return self.words[index]
    }

    func number(_ index: Int) -> Int {
        guard let number = Int(self.text(index)) else {
            fail("argument \(index + 1) must be an integer, but is \(self.text(index))")
        }
        return number
    }

    func seconds(_ index: Int) -> Double {
        guard let seconds = Double(self.text(index)) else {
            fail("argument \(index + 1) must be a number, but is \(self.text(index))")
        }
        return seconds
    }
}
