// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Reduces git's progress to at most one line per second for each phase, plus the last line.
///
/// Phases may overlap: git receives objects while the server is still counting them.
struct ProgressReducer {
    private struct Phase {
        var printed: Duration
        var pending: String?
    }

    // The number of phases that the reducer tracks. Git itself shows at most three phases at the
    // same time, but a server may send any number.
    private static let mostPhases = 16

    private var phases: [String: Phase] = [:]

    /// Takes a line that git wrote at `now`, and returns the lines to print.
    mutating func take(_ line: OutputLine, at now: Duration) -> [String] {
        let name = Self.phase(of: line.text)
        guard line.isUpdate else {
            // This is the last line of the phase ("done."), so the pending update is obsolete.
            self.phases[name] = nil
            return line.text.isEmpty ? [] : [line.text]
        }
        guard !line.text.isEmpty else { return [] }
        if let phase = self.phases[name], now - phase.printed < .seconds(1) {
            self.phases[name]?.pending = line.text
            return []
        }
        let flushed = self.phases.count < Self.mostPhases ? [] : self.finish()
        self.phases[name] = Phase(printed: now)
        return flushed + [line.text]
    }

    /// Returns the pending line of each phase that has not ended.
    mutating func finish() -> [String] {
        defer { self.phases = [:] }
        return self.phases.sorted { $0.key < $1.key }.compactMap(\.value.pending)
    }

    /// Returns the name of a phase: "Receiving objects:" for "Receiving objects:  45% (9/20)".
    private static func phase(of text: String) -> String {
        var name = text.prefix { !$0.isNumber }
        while name.last?.isWhitespace == true { name.removeLast() }
        return String(name)
    }
}
