// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Makes lines of git's progress: at most one a second for each phase, and the phase's last.
///
/// Phases may overlap: "Receiving objects" goes on while the other side still counts.
struct ProgressReducer {
    private struct Phase {
        var printed: Duration
        var pending: String?
    }

    // Git has three at a time; the other side of the connection may send any number.
    private static let mostPhases = 16

    private var phases: [String: Phase] = [:]

    /// Takes what git wrote at `now`, and gives what is to be printed.
    mutating func take(_ line: OutputLine, at now: Duration) -> [String] {
        let name = Self.phase(of: line.text)
        guard line.isUpdate else {
            // The phase's last, "done.": what was held back says less.
            self.phases[name] = nil
            return line.text.isEmpty ? [] : [line.text]
        }
        guard !line.text.isEmpty else { return [] }
        if let phase = self.phases[name], now - phase.printed < .seconds(1) {
            self.phases[name]?.pending = line.text
            return []
        }
        let crowd = self.phases.count < Self.mostPhases ? [] : self.finish()
        self.phases[name] = Phase(printed: now)
        return crowd + [line.text]
    }

    /// Gives the last line of each phase that did not come to its end.
    mutating func finish() -> [String] {
        defer { self.phases = [:] }
        return self.phases.sorted { $0.key < $1.key }.compactMap(\.value.pending)
    }

    /// "Receiving objects:" of "Receiving objects:  45% (9/20)".
    private static func phase(of text: String) -> String {
        var name = text.prefix { !$0.isNumber }
        while name.last?.isWhitespace == true { name.removeLast() }
        return String(name)
    }
}
