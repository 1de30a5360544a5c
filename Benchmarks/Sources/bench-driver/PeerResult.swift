// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What one scenario gave on one peer, in all rounds.
struct PeerResult {
    /// The exit code of a peer that does not have the scenario.
    private static let missing: Int32 = 64
    /// In seconds.
    private static let timeLimit = 60

    private var values: [String: [Double]] = [:]
    /// Why there are no values, or not of all rounds; it is not run again then.
    private(set) var failure: String?
    private var isMissing = false

    mutating func run(_ peer: Peer, _ scenario: PeerScenario) {
        do {
            let command = peer.words + scenario.arguments
            if scenario.warmsUp { _ = try Measurement(command, timeLimit: Self.timeLimit) }
            let measurement = try Measurement(command, timeLimit: Self.timeLimit)
            for metric in scenario.metrics {
                self.values[metric, default: []].append(try measurement.value(metric))
            }
        } catch let failure as Measurement.Failure where failure.exitCode == Self.missing {
            self.isMissing = true
            self.failure = "does not have it"
        } catch {
            self.failure = "\(error)"
        }
    }

    /// The median; nil if a round failed.
    func value(_ metric: String) -> Double? {
        self.failure == nil ? median(self.values[metric] ?? []) : nil
    }

    /// The cell of a table, which is the floor's if there is no other floor.
    func cell(_ metric: String, floor: Self?) -> String {
        guard let value = self.value(metric) else { return self.isMissing ? "–" : "failed" }
        guard let floor = floor?.value(metric) else { return shortText(value) }
        return "\(shortText(value)) (\(shortText(value / floor)))"
    }

    /// The values of the last round.
    func lastRound(_ metrics: [String]) -> String {
        if let failure { return failure }
        return metrics.map { "\($0) \(shortText(self.values[$0]?.last))" }.joined(separator: ", ")
    }
}
