// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The scenarios that peers have, on the floor, on ourselves, and on each peer.
struct Peers {
    static let ours = "swift-reactor"
    private static let rounds = 3

    private let peers: [Peer]
    private let scenarios: [PeerScenario]

    /// Makes it of the words of the command line: peers, and the scenarios that are wanted.
    init(_ programs: Programs, _ peers: [Peer], wants: (String) -> Bool) {
        let floor = Peer("floor", [programs.floor])
        self.peers = [floor, Peer(Self.ours, [programs.ours])] + peers
        self.scenarios = PeerScenario.all(programs).filter { wants($0.name) }
    }

    /// Prints a line for each figure, and at the end all of them in Markdown.
    func run() {
        var tables: [PeerTable] = []
        say("scenario metric peer value ratio_to_floor")
        for scenario in self.scenarios {
            let results = self.run(scenario)
            self.sayFigures(scenario, results)
            if tables.last?.title != scenario.table {
                tables.append(PeerTable(scenario.table, self.peers))
            }
            tables[tables.count - 1].add(scenario, results)
        }
        for table in tables { say("\n" + table.markdown) }
    }

    /// Runs all of them in turn, each round the other way around; one that failed is not run again.
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
                complain("\(scenario.name) \(round) \(peer.name): \(values) (took \(seconds) s)")
            }
        }
        return results
    }

    private func sayFigures(_ scenario: PeerScenario, _ results: [PeerResult]) {
        for (peer, result) in zip(self.peers, results) {
            if let failure = result.failure { say("#", scenario.name, peer.name, failure) }
        }
        for metric in scenario.metrics {
            for (peer, result) in zip(self.peers, results) {
                guard let value = result.value(metric) else { continue }
                let ratio = results[0].value(metric).map { value / $0 }
                say(scenario.name, metric, peer.name, "\(value)", shortText(ratio))
            }
        }
    }
}
