// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Scenario S8: how the cost of one timer and of one child grows with their number.
///
/// Each is measured at three sizes, the second ten times and the third a hundred times the first.
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

    /// Runs all sizes and returns the costs and their growth from the smallest to the largest size.
    ///
    /// - Parameter perLogarithm: Whether the cost may grow as the logarithm of the size. Otherwise
    ///   it must be constant.
    private func grow(
        _ what: String,
        _ sizes: [Int],
        _ metric: String,
        perLogarithm: Bool,
        _ arguments: (Int) -> [String]
    ) -> [Figure] {
        let name = "S8-\(what)"
        // Even a constant cost differs by up to a tenth between two runs.
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

/// A plot of cost against scale as an SVG picture.
///
/// Each kind of object has a panel, and both axes of a panel are logarithmic.
struct Plot {
    private struct Panel {
        var title: String
        var unit: String
        var sizes: [Int]
        var ours: [Double]
        var floor: [Double]
    }

    private static let width = 360.0
    private static let height = 240.0
    private static let margin = 56.0
    private var panels: [Panel] = []

    mutating func add(
        _ title: String,
        unit: String,
        sizes: [Int],
        ours: [Double],
        floor: [Double]
    ) {
        self.panels.append(
            Panel(title: title, unit: unit, sizes: sizes, ours: ours, floor: floor)
        )
    }

    /// The text of the SVG document.
    var svg: String {
        let width = Self.width * Double(self.panels.count)
        let panels = self.panels.enumerated().map { index, panel in
            """
            <g transform="translate(\(Self.width * Double(index)) 0)">
            \(Self.draw(panel))
            </g>
            """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(Self.height)" \
            font-family="sans-serif" font-size="11">
            <rect width="100%" height="100%" fill="white"/>
            \(panels.joined(separator: "\n"))
            </svg>

            """
    }

    private static func draw(_ panel: Panel) -> String {
        let axes = Axes(panel.sizes.map(Double.init), panel.ours + panel.floor)
        var parts = [
            text(Self.width / 2, 20, "cost of one of N \(panel.title), \(panel.unit)", "middle"),
            line(
                [(Self.margin, 32), (Self.margin, axes.bottom), (axes.right, axes.bottom)],
                "#888",
                1
            ),
        ]
        for size in panel.sizes {
            parts.append(text(axes.x(Double(size)), axes.bottom + 16, "\(size)", "middle"))
        }
        for mark in axes.marks {
            parts.append(text(Self.margin - 6, axes.y(mark) + 4, String(format: "%g", mark), "end"))
            let ends = [(Self.margin, axes.y(mark)), (axes.right, axes.y(mark))]
            parts.append(line(ends, "#e4e4e4", 1))
        }
        for (name, color, values) in [
            ("floor", "#999999", panel.floor), ("swift-reactor", "#d9480f", panel.ours),
        ] {
            let points = zip(panel.sizes, values).map { (axes.x(Double($0)), axes.y($1)) }
            parts.append(line(points, color, 2))
            if let last = points.last {
                parts.append(text(last.0, last.1 - 7, name, "end", color))
            }
        }
        return parts.joined(separator: "\n")
    }

    private static func line(
        _ points: [(Double, Double)],
        _ color: String,
        _ width: Int
    ) -> String {
        let list = points.map { String(format: "%.1f,%.1f", $0.0, $0.1) }.joined(separator: " ")
        let stroke = "stroke=\"\(color)\" stroke-width=\"\(width)\""
        return "<polyline points=\"\(list)\" fill=\"none\" \(stroke)/>"
    }

    private static func text(
        _ x: Double,
        _ y: Double,
        _ text: String,
        _ anchor: String,
        _ color: String = "#222"
    ) -> String {
        let position = String(format: "x=\"%.1f\" y=\"%.1f\"", x, y)
        return "<text \(position) text-anchor=\"\(anchor)\" fill=\"\(color)\">\(text)</text>"
    }

    /// The positions of values in a panel.
    private struct Axes {
        let right = Plot.width - 24
        let bottom = Plot.height - 36
        let marks: [Double]
        private let sizes: [Double]

        init(_ sizes: [Double], _ costs: [Double]) {
            self.sizes = sizes
            let least = floor(log2(costs.min() ?? 1))
            let most = max(least + 1, ceil(log2(costs.max() ?? 2)))
            self.marks = stride(from: least, through: most, by: 1).map { exp2($0) }
        }

        func x(_ size: Double) -> Double {
            let share = Self.share(size, self.sizes.first ?? 1, self.sizes.last ?? 10)
            return Plot.margin + 12 + share * (self.right - Plot.margin - 24)
        }

        func y(_ cost: Double) -> Double {
            let share = Self.share(cost, self.marks.first ?? 1, self.marks.last ?? 2)
            return self.bottom - share * (self.bottom - 32)
        }

        private static func share(_ value: Double, _ least: Double, _ most: Double) -> Double {
            (log(value) - log(least)) / (log(most) - log(least))
        }
    }
}
