// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One line of the result.
struct Figure: Encodable {
    var scenario: String
    var metric: String
    /// The median of our values; nil: there was none.
    var ours: Double?
    /// The median of the reference's.
    var floor: Double?
    /// The median of the rounds' ratios, each of two runs that were neighbours in time.
    var ratio: Double?
    /// The least and the greatest of those ratios.
    var leastRatio: Double?
    var greatestRatio: Double?
    var bar: String
    /// Whether the median keeps to the bar.
    var isMet: Bool
    /// Whether some rounds kept to the bar and others did not: another run may say the opposite.
    var isMixed = false
    /// Why there is no value.
    var failure: String?

    init(_ scenario: String, _ metric: String, ours: [Double], floor: [Double], bar: Bar) {
        self.scenario = scenario
        self.metric = metric
        self.ours = median(ours)
        self.floor = median(floor)
        let ratios = zip(ours, floor).map { $0 / $1 }
        self.ratio = median(ratios)
        self.leastRatio = ratios.min()
        self.greatestRatio = ratios.max()
        self.bar = bar.text
        self.isMet = bar.isMet(ours: self.ours ?? .infinity, ratio: self.ratio ?? .nan)
        let rounds = zip(ours, ratios).map { bar.isMet(ours: $0, ratio: $1) }
        self.isMixed = rounds.contains(true) && rounds.contains(false)
    }

    init(_ scenario: String, _ metric: String, failure: any Error, bar: Bar) {
        self.scenario = scenario
        self.metric = metric
        self.bar = bar.text
        self.isMet = false
        self.failure = "\(failure)"
    }
}

/// The middle value; nil of none.
func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// A value in three digits, or more if it is large.
func shortText(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    return value >= 1000 ? String(Int(value.rounded())) : String(format: "%.3g", value)
}
