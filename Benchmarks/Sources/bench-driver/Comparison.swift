// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One scenario on both sides, and what is to be looked at.
struct Comparison {
    /// What it is called on the command line and in the result.
    let name: String
    var ours: [String]
    /// What ours is compared with: the floor, or ourselves under easier conditions.
    let reference: [String]
    let rounds: Int
    /// The metrics to show, each with its bar.
    let bars: [(metric: String, bar: Bar)]

    /// The reference against itself: what its ratios are is chance.
    var againstItself: Comparison {
        var copy = self
        copy.ours = self.reference
        return copy
    }

    /// Runs both in turn, each round the other way around, so that a machine that gets slower or
    /// faster is no advantage to either.
    func run() -> [Figure] {
        var ours: [Measurement] = []
        var references: [Measurement] = []
        do {
            for round in 0..<self.rounds {
                if round % 2 == 0 { ours.append(try Measurement(self.ours)) }
                references.append(try Measurement(self.reference))
                if round % 2 == 1 { ours.append(try Measurement(self.ours)) }
            }
            return try self.bars.map { metric, bar in
                Figure(
                    self.name,
                    metric,
                    ours: try ours.map { try $0.value(metric) },
                    floor: try references.map { try $0.value(metric) },
                    bar: bar
                )
            }
        } catch {
            return self.bars.map { Figure(self.name, $0.metric, failure: error, bar: $0.bar) }
        }
    }
}
