// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Runs the scenarios that peers implement on the floor, on swift-reactor and on each peer.
struct Peers {
    static let ours = "swift-reactor"
    private static let rounds = 3

    private let peers: [Peer]
    private let scenarios: [PeerScenario]

    init(_ programs: Programs, _ peers: [Peer], wants: (String) -> Bool) {
        let floor = Peer("floor", [programs.floor])
        self.peers = [floor, Peer(Self.ours, [programs.ours])] + peers
        self.scenarios = PeerScenario.all(programs).filter { wants($0.name) }
    }

    /// Prints a line for each figure, and then all figures as tables in Markdown.
    func run() {
        var tables: [PeerTable] = []
        printLine("scenario metric peer value ratio_to_floor")
        for scenario in self.scenarios {
            let results = self.run(scenario)
            self.printFigures(scenario, results)
            if tables.last?.title != scenario.table {
                tables.append(PeerTable(scenario.table, self.peers))
            }
            tables[tables.count - 1].add(scenario, results)
        }
        for table in tables { printLine("\n" + table.markdown) }
    }

    /// Runs a scenario on all peers in all rounds, and returns a result for each peer.
    ///
    /// The order of the peers reverses from round to round. A peer that fails is not run again.
    private func run(_ scenario: PeerScenario) -> [PeerResult] {
        var results = self.peers.map { _ in PeerResult() }
        for round in 1...Self.rounds {
            let order = round % 2 == 1 ? Array(results.indices) : results.indices.reversed()
            for index in order where results[index].failure == nil {
                let peer = self.peers[index]
                let start = ContinuousClock.now
                results[index].run(peer, scenario)
                let seconds = shortText((ContinuousClock.now - start) / .seconds(1))
                let values = results[index].lastRound(scenario.metrics)
                printError(
                    "\(scenario.name), round \(round), \(peer.name): \(values) (took \(seconds) s)"
                )
            }
        }
        return results
    }

    private func printFigures(_ scenario: PeerScenario, _ results: [PeerResult]) {
        for (peer, result) in zip(self.peers, results) {
            if let failure = result.failure { printLine("#", scenario.name, peer.name, failure) }
        }
        for metric in scenario.metrics {
            for (peer, result) in zip(self.peers, results) {
                guard let value = result.value(metric) else { continue }
                let ratio = results[0].value(metric).map { value / $0 }
                printLine(scenario.name, metric, peer.name, "\(value)", shortText(ratio))
            }
        }
    }
}

/// A program that implements some of the scenarios on another library or runtime.
struct Peer {
    let name: String
    /// The command to which the arguments of a scenario are appended.
    let words: [String]

    init(_ name: String, _ words: [String]) {
        self.name = name
        self.words = words
    }

    /// Parses NAME=COMMAND, where spaces separate the words of the command.
    ///
    /// Returns `nil` for text of another form.
    init?(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        self.init(String(parts[0]), parts[1].split(separator: " ").map(String.init))
    }
}

/// The values that one scenario produced on one peer in all rounds.
struct PeerResult {
    /// The exit code of a peer that does not implement the scenario.
    private static let missing: Int32 = 64
    /// The time limit of one run, in seconds.
    private static let timeLimit = 60

    private var values: [String: [Double]] = [:]
    /// The reason why a round produced no values, or `nil` if none failed.
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
            self.failure = "does not implement the scenario"
        } catch {
            self.failure = "\(error)"
        }
    }

    /// Returns the median of a metric, or `nil` if a round failed.
    func value(_ metric: String) -> Double? {
        self.failure == nil ? median(self.values[metric] ?? []) : nil
    }

    /// Returns the text of a table cell: the value, and in parentheses its ratio to the floor's.
    ///
    /// The ratio is left out if `floor` is `nil`, as it is for the floor itself.
    func cell(_ metric: String, floor: Self?) -> String {
        guard let value = self.value(metric) else { return self.isMissing ? "–" : "failed" }
        guard let floor = floor?.value(metric) else { return shortText(value) }
        return "\(shortText(value)) (\(shortText(value / floor)))"
    }

    /// Returns the values of the last round, or the failure if there is one.
    func lastRound(_ metrics: [String]) -> String {
        if let failure { return failure }
        return metrics.map { "\($0) \(shortText(self.values[$0]?.last))" }.joined(separator: ", ")
    }
}

/// A table in Markdown with a row for each peer and a column for each metric.
struct PeerTable {
    let title: String
    private var head: [String]
    private var rows: [(name: String, cells: [String])]

    init(_ title: String, _ peers: [Peer]) {
        self.title = title
        self.head = [title]
        self.rows = peers.map { ($0.name == Peers.ours ? "**\($0.name)**" : $0.name, []) }
    }

    /// Adds the columns of a scenario from one result for each peer; the first is the floor's.
    mutating func add(_ scenario: PeerScenario, _ results: [PeerResult]) {
        for metric in scenario.metrics {
            self.head.append("\(scenario.name) \(metric)")
            for (index, result) in results.enumerated() {
                let floor = index == 0 ? nil : results.first
                self.rows[index].cells.append(result.cell(metric, floor: floor))
            }
        }
    }

    var markdown: String {
        let ruler = self.head.map { _ in "---" }
        let rows = self.rows.map { [$0.name] + $0.cells }
        return ([self.head, ruler] + rows)
            .map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}
