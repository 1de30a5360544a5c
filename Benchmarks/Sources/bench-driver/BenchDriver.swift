// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs the scenarios of `Benchmarks/README.md` and reports which figures meet their bars.
///
/// Usage:
///
///     bench-driver [--json] [--quick] [--against-itself] [--plot FILE] [SCENARIO…]
///     bench-driver counts
///     bench-driver peers [SCENARIO…] [NAME=COMMAND…]
@main
struct BenchDriver {
    static func main() throws {
        let options = Self.options()
        let programs = Programs(folder: Bundle.main.executableURL?.deletingLastPathComponent())
        switch options.task {
        case .compare: try Self.compare(options, programs)
        case .count: if try Counting(programs).run() > 0 { exit(1) }
        case .peers(let peers): Peers(programs, peers, wants: options.wants).run()
        }
    }

    private static func options() -> Options {
        do throws(UsageError) {
            return try Options(CommandLine.arguments.dropFirst())
        } catch {
            printError("bench: \(error)")
            exit(64)
        }
    }

    private static func compare(_ options: Options, _ programs: Programs) throws {
        let report = Report(printsJSON: options.printsJSON)
        report.begin()
        for comparison in Comparison.all(isQuick: options.isQuick, programs)
        where options.wants(comparison.name) {
            let chosen = options.isAgainstItself ? comparison.againstItself : comparison
            report.add(chosen.run())
        }
        if options.wants("S8"), !options.isAgainstItself {
            let scaling = Scaling(isQuick: options.isQuick, programs)
            report.add(scaling.run())
            if let path = options.plot { try scaling.plot.svg.write(to: path) }
        }
        report.end()
        if report.misses > 0 { exit(1) }
    }
}

/// Prints a line on standard output without buffering.
///
/// The whole bench takes several minutes. Each figure must be visible as soon as it is known, even
/// if standard output is a pipe.
func printLine(_ words: String...) {
    FileHandle.standardOutput.write(Data((words.joined(separator: " ") + "\n").utf8))
}

/// Prints a line on standard error.
func printError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

extension String {
    fileprivate func write(to path: String) throws {
        try Data(self.utf8).write(to: URL(filePath: path))
    }
}

/// The options and arguments on the command line of the driver.
struct Options {
    enum Task {
        /// Compare swift-reactor with the floor.
        case compare
        /// Count the instructions, system calls and allocations of the hot paths.
        case count
        /// Compare the floor, swift-reactor and these peers.
        case peers([Peer])
    }

    private(set) var task = Task.compare
    private(set) var printsJSON = false
    /// Whether to run one round of each scenario with small sizes.
    ///
    /// Such a run shows that every scenario works. Its figures say nothing about speed.
    private(set) var isQuick = false
    /// Whether to compare the reference with itself, which shows how much of a ratio is chance.
    private(set) var isAgainstItself = false
    /// The path of the file for the plot of cost against scale, or `nil` for no plot.
    private(set) var plot: String?
    private var scenarios: [String] = []

    init(_ words: ArraySlice<String>) throws(UsageError) {
        var words = words
        if words.first == "counts" {
            self.task = .count
            words = words.dropFirst()
        } else if words.first == "peers" {
            self.task = .peers(words.compactMap(Peer.init))
            self.scenarios = words.dropFirst().filter { Peer($0) == nil }
            return
        }
        while let word = words.popFirst() {
            switch word {
            case "--json": self.printsJSON = true
            case "--quick": self.isQuick = true
            case "--against-itself": self.isAgainstItself = true
            case "--plot":
                guard let path = words.popFirst() else {
                    throw UsageError("the option --plot needs the path of a file")
                }
                self.plot = path
            case let word where word.hasPrefix("-"):
                throw UsageError(
                    "unknown option \(word); the options are --json, --quick, --against-itself"
                        + " and --plot FILE"
                )
            default: self.scenarios.append(word)
            }
        }
    }

    /// Returns whether to run a scenario.
    ///
    /// Without names on the command line every scenario runs. The name `S3` includes all scenarios
    /// whose names start with `S3-`.
    func wants(_ name: String) -> Bool {
        self.scenarios.isEmpty
            || self.scenarios.contains { name == $0 || name.hasPrefix($0 + "-") }
    }
}

/// A mistake on the command line.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
