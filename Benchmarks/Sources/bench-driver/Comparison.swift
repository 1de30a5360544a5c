// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One scenario on both sides, and the metrics to compare.
struct Comparison {
    /// The name of the scenario on the command line and in the output.
    let name: String
    /// The command that runs the scenario on swift-reactor.
    var ours: [String]
    /// The command to compare with: the floor, libuv, or swift-reactor under easier conditions.
    let reference: [String]
    let rounds: Int
    /// The metrics to report, each with its bar.
    let bars: [(metric: String, bar: Bar)]

    /// The comparison of the reference with itself, whose ratios show the effect of chance.
    var againstItself: Comparison {
        var copy = self
        copy.ours = self.reference
        return copy
    }

    /// Runs both commands once in each round and returns a figure for each metric.
    ///
    /// The order alternates from round to round, so that neither side gains when the machine
    /// becomes slower or faster.
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
