// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A table in Markdown: a row for each peer, a column for each metric.
struct PeerTable {
    let title: String
    private var head: [String]
    private var rows: [(name: String, cells: [String])]

    init(_ title: String, _ peers: [Peer]) {
        self.title = title
        self.head = [title]
        self.rows = peers.map { ($0.name == Peers.ours ? "**\($0.name)**" : $0.name, []) }
    }

    /// Adds the columns of a scenario; there is a result for each peer, and the first is the floor's.
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
