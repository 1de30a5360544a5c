// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Prints the figures.
///
/// Each figure is printed as a line as soon as it is known. With `--json` all figures are printed
/// at the end as one JSON object instead.
final class Report {
    /// The JSON object that `--json` prints.
    private struct Document: Encodable {
        var date: Date
        var processors: Int
        /// The load average over the last minute before the first scenario.
        var loadBefore: String
        var figures: [Figure]
    }

    private let printsJSON: Bool
    private let start = Date()
    private let loadBefore: String
    private var figures: [Figure] = []

    init(printsJSON: Bool) {
        self.printsJSON = printsJSON
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        self.loadBefore = load.split(separator: " ").first.map(String.init) ?? "unknown"
    }

    /// The number of figures that missed their bar.
    var misses: Int { self.figures.count { !$0.isMet } }

    /// The number of figures that missed their bar but met it in some rounds.
    private var mixedMisses: Int { self.figures.count { !$0.isMet && $0.isMixed } }

    func begin() {
        guard !self.printsJSON else { return }
        let processors = ProcessInfo.processInfo.activeProcessorCount
        printLine("# \(processors) processors, load \(self.loadBefore)")
        printLine(Self.line(["scenario", "metric", "ours", "floor", "ratio", "bar", "", "rounds"]))
    }

    func add(_ figures: [Figure]) {
        self.figures += figures
        guard !self.printsJSON else { return }
        // All figures of a scenario fail for the same reason, so the reason is printed once.
        if let failed = figures.first(where: { $0.failure != nil }) {
            printLine("# \(failed.scenario): \(failed.failure ?? "")")
        }
        for figure in figures {
            let values = [figure.ours, figure.floor, figure.ratio].map(shortText)
            let judgement = figure.bar == "-" ? "-" : figure.isMet ? "ok" : "MISS"
            let ends = [figure.bar, judgement, Self.spread(figure)]
            printLine(Self.line([figure.scenario, figure.metric] + values + ends))
        }
    }

    func end() {
        let seconds = Int(Date().timeIntervalSince(self.start))
        guard self.printsJSON else {
            let mixed =
                self.misses == 0 ? "" : " (\(self.mixedMisses) met their bar in some rounds)"
            return printLine(
                "# \(self.figures.count) figures, \(self.misses) missed\(mixed), \(seconds) s"
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        // The ratio of two zeros, such as those of `lost_lines`, is not a number.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        let document = Document(
            date: self.start,
            processors: ProcessInfo.processInfo.activeProcessorCount,
            loadBefore: self.loadBefore,
            figures: self.figures
        )
        // Encoding cannot fail: the document consists of strings, a date and numbers, and the
        // strategy above covers the numbers that JSON does not have.
        let data = (try? encoder.encode(document)) ?? Data()
        printLine(String(decoding: data, as: UTF8.self))
    }

    private static func line(_ columns: [String]) -> String {
        zip(columns, [20, 16, 10, 10, 8, 9, 4, 0])
            .map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
            .joined(separator: " ")
    }

    /// Returns the least and the greatest ratio of a round, or "-" if they are equal.
    private static func spread(_ figure: Figure) -> String {
        let ends = [figure.leastRatio, figure.greatestRatio].map(shortText)
        return ends[0] == ends[1] ? "-" : ends.joined(separator: "-")
    }
}
