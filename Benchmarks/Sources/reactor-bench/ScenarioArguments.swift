// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The words after a scenario's name.
struct ScenarioArguments {
    private let words: [String]

    init(_ words: ArraySlice<String>) {
        self.words = Array(words)
    }

    func text(_ index: Int) -> String {
        guard index < self.words.count else { fail("an argument is missing") }
        return self.words[index]
    }

    func number(_ index: Int) -> Int {
        guard let number = Int(self.text(index)) else {
            fail("not a number: \(self.text(index))")
        }
        return number
    }

    func seconds(_ index: Int) -> Double {
        guard let seconds = Double(self.text(index)) else {
            fail("not a number: \(self.text(index))")
        }
        return seconds
    }
}
