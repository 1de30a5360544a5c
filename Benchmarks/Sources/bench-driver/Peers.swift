// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The scenarios that peers have, on each peer, ourselves and the floor.
struct Peers {
    private let programs: Programs
    private let commands: [String]

    /// Makes it; each command is a peer's name, an equals sign, and words that are split at spaces.
    init(_ programs: Programs, _ commands: [String]) {
        self.programs = programs
        self.commands = commands
    }

    func run() {
        var peers: [(name: String, words: [String])] = [
            ("floor", [self.programs.floor]), ("swift-reactor", [self.programs.ours]),
        ]
        for command in self.commands {
            let parts = command.split(separator: "=", maxSplits: 1)
            if parts.count == 2 {
                let words = parts[1].split(separator: " ").map(String.init)
                peers.append((String(parts[0]), words))
            }
        }
        say("scenario metric peer value ratio_to_floor")
        for (arguments, metrics) in self.scenarios { self.run(peers, arguments, metrics) }
    }

    private var scenarios: [(arguments: [String], metrics: [String])] {
        let child = self.programs.child
        return [
            (["S1", "1000", "0", "0", "/bin/true"], ["cpu_us", "rate"]),
            (["S2", "1000000", "1000"], ["cpu_ns"]),
            (["S2b", "1000000", "100000"], ["cpu_ns"]),
            (["S2c", "2000000"], ["ns"]),
            (["S3", "pipe", "2147483648", "65536", child], ["gb_per_s", "cpu_s_per_gb"]),
            (
                ["S4", "1000", "8", child],
                ["bytes", "idle_ms_per_s", "end_p50_us", "end_p99_us"]
            ),
            (["S5", "100000"], ["us"]),
        ]
    }

    /// Three rounds of all of them in turn; the median of each.
    private func run(
        _ peers: [(name: String, words: [String])],
        _ arguments: [String],
        _ metrics: [String]
    ) {
        var values: [String: [String: [Double]]] = [:]
        var failures: [String: String] = [:]
        for _ in 0..<3 {
            for peer in peers where failures[peer.name] == nil {
                do {
                    let measurement = try Measurement(peer.words + arguments)
                    for metric in metrics {
                        values[peer.name, default: [:]][metric, default: []]
                            .append(try measurement.value(metric))
                    }
                } catch {
                    failures[peer.name] = "\(error)"
                }
            }
        }
        for metric in metrics {
            let floor = median(values["floor"]?[metric] ?? [])
            for peer in peers {
                guard let value = median(values[peer.name]?[metric] ?? []) else {
                    say("#", arguments[0], peer.name, failures[peer.name] ?? "has no \(metric)")
                    continue
                }
                let ratio = floor.map { Double(Int(value / $0 * 100)) / 100 }
                say(arguments[0], metric, peer.name, "\(value)", ratio.map { "\($0)" } ?? "-")
            }
        }
    }
}
