// swift-reactor
// SPDX-License-Identifier: Apache-2.0

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
    var bar: String
    var isMet: Bool
    /// Why there is no value.
    var failure: String?

    init(_ scenario: String, _ metric: String, ours: [Double], floor: [Double], bar: Bar) {
        self.scenario = scenario
        self.metric = metric
        self.ours = median(ours)
        self.floor = median(floor)
        self.ratio = median(zip(ours, floor).map { $0 / $1 })
        self.bar = bar.text
        self.isMet = bar.isMet(ours: self.ours ?? .infinity, ratio: self.ratio ?? .nan)
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
