// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What was asked for on the command line.
struct Options {
    enum Task {
        /// Our side against the floor.
        case compare
        /// Instructions, system calls and allocations of the hot paths.
        case count
        /// The floor, ourselves and these.
        case peers([Peer])
    }

    private(set) var task = Task.compare
    private(set) var printsJSON = false
    /// Smaller sizes and one round: shows that everything runs, not how fast it is.
    private(set) var isQuick = false
    /// The reference against itself, to see what is chance.
    private(set) var isAgainstItself = false
    /// Where to write the plot of cost against scale.
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
                guard let path = words.popFirst() else { throw UsageError("--plot needs a path") }
                self.plot = path
            case let word where word.hasPrefix("-"):
                throw UsageError(
                    "no such option: \(word); there are --json, --quick, --against-itself and --plot FILE"
                )
            default: self.scenarios.append(word)
            }
        }
    }

    /// Whether a scenario is to be run: all are if none was named, and `S3` names `S3-pipe` too.
    func wants(_ name: String) -> Bool {
        self.scenarios.isEmpty
            || self.scenarios.contains { name == $0 || name.hasPrefix($0 + "-") }
    }
}

/// The command line makes no sense.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
