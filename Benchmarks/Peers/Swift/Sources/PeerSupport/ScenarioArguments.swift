// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor

/// The command line of a peer: the name of a scenario and its arguments.
package struct ScenarioArguments: Sendable {
    /// The exit code that tells the driver that this peer does not implement the scenario.
    package static let exitCodeOfMissing: Int32 = 64

    package let name: String
    private let words: [String]

    package init() {
        self.name = CommandLine.arguments.dropFirst().first ?? ""
        self.words = Array(CommandLine.arguments.dropFirst(2))
    }

    package func text(_ index: Int) -> String {
        guard index < self.words.count else { fail("an argument is missing") }
        return self.words[index]
    }

    package func number(_ index: Int) -> Int {
        guard let number = Int(self.text(index)) else { fail("an argument is not a number") }
        return number
    }
}
