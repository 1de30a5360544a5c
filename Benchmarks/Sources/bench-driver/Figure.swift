// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The limit that a figure must meet.
enum Bar {
    /// The greatest allowed ratio of our value to the reference's.
    case ratioAtMost(Double)
    /// The least allowed ratio of our value to the reference's.
    case ratioAtLeast(Double)
    /// The greatest allowed value of ours, whatever the reference's is.
    case atMost(Double)
    /// No limit: the figure is only reported.
    case none

    func isMet(ours: Double, ratio: Double) -> Bool {
        switch self {
        case .ratioAtMost(let limit): ratio <= limit
        case .ratioAtLeast(let limit): ratio >= limit
        case .atMost(let limit): ours <= limit
        case .none: true
        }
    }

    var text: String {
        switch self {
        case .ratioAtMost(let limit): "<=\(limit)x"
        case .ratioAtLeast(let limit): ">=\(limit)x"
        case .atMost(let limit): "<=\(limit)"
        case .none: "-"
        }
    }
}

/// The result for one metric of one scenario: one line of the output.
struct Figure: Encodable {
    var scenario: String
    var metric: String
    /// The median of our values, or `nil` if there are none.
    var ours: Double?
    /// The median of the reference's values, or `nil` if there are none.
    var floor: Double?
    /// The median of the ratios of all rounds, or `nil` if there are none.
    ///
    /// The two runs of a round follow each other directly, so both had a machine of the same speed.
    var ratio: Double?
    /// The least ratio of a round.
    var leastRatio: Double?
    /// The greatest ratio of a round.
    var greatestRatio: Double?
    var bar: String
    /// Whether the median meets the bar.
    var isMet: Bool
    /// Whether some rounds meet the bar and others miss it.
    ///
    /// Another run may then have the opposite result.
    var isMixed = false
    /// The reason why there are no values, or `nil` if there are some.
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

/// Returns the median of the values, or `nil` if there are none.
func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Returns the value with three significant digits, or as an integer if it is 1000 or more.
func shortText(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "-" }
    return value >= 1000 ? String(Int(value.rounded())) : String(format: "%.3g", value)
}
