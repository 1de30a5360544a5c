// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// S8: what one timer and one child cost when there are ten and a hundred times as many.
final class Scaling {
    private let isQuick: Bool
    private let programs: Programs
    private(set) var plot = Plot()

    init(isQuick: Bool, _ programs: Programs) {
        self.isQuick = isQuick
        self.programs = programs
    }

    func run() -> [Figure] {
        let timers = self.isQuick ? [1000, 10_000, 100_000] : [100_000, 1_000_000, 10_000_000]
        let children = self.isQuick ? [3, 30, 300] : [30, 300, 3000]
        return self.grow("timers", timers, "cpu_ns", perLogarithm: true) {
            ["S2", "\($0)", "1000"]
        }
            + self.grow("children", children, "cpu_us", perLogarithm: false) {
                ["S4", "\($0)", $0 > 2000 ? "8" : "4", self.programs.child]
            }
    }

    /// Runs the sizes and says how much dearer one is at the largest than at the smallest.
    private func grow(
        _ what: String,
        _ sizes: [Int],
        _ metric: String,
        perLogarithm: Bool,
        _ arguments: (Int) -> [String]
    ) -> [Figure] {
        let name = "S8-\(what)"
        // Flat is never exact: a tenth is the noise of two runs.
        let growth = perLogarithm ? log(Double(sizes[2])) / log(Double(sizes[0])) : 1.1
        let bar = Bar.ratioAtMost((growth * 100).rounded() / 100)
        do {
            var ours: [Double] = []
            var floor: [Double] = []
            for size in sizes {
                let words = arguments(size)
                let rounds = self.isQuick || size == sizes[2] ? 1 : 2
                ours.append(try self.cost(self.programs.ours, words, metric, rounds))
                floor.append(try self.cost(self.programs.floor, words, metric, rounds))
            }
            self.plot.add(what, unit: metric, sizes: sizes, ours: ours, floor: floor)
            let costs = zip(sizes, zip(ours, floor)).map { size, cost in
                Figure(name, "\(metric)@\(size)", ours: [cost.0], floor: [cost.1], bar: .none)
            }
            return costs + [
                Figure(name, "growth", ours: [ours[2]], floor: [ours[0]], bar: bar),
                Figure(name, "floor_growth", ours: [floor[2]], floor: [floor[0]], bar: .none),
            ]
        } catch {
            return [Figure(name, "growth", failure: error, bar: bar)]
        }
    }

    private func cost(
        _ program: String,
        _ arguments: [String],
        _ metric: String,
        _ rounds: Int
    ) throws -> Double {
        let values = try (0..<rounds).map { _ in
            try Measurement([program] + arguments).value(metric)
        }
        return median(values) ?? 0
    }
}
