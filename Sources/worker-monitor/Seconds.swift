// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A duration on the command line: seconds, fractions allowed.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
    let duration: Duration

    init(_ seconds: Double) {
        self.duration = .seconds(seconds)
    }

    /// At most 100 years: what is longer is a slip of the pen.
    init?(argument: String) {
        guard let seconds = Double(argument), seconds.isFinite,
            (0...3_155_760_000).contains(seconds)
        else {
            return nil
        }
        self.init(seconds)
    }

    var description: String {
        let seconds =
            Double(self.duration.components.seconds)
            + Double(self.duration.components.attoseconds) / 1e18
        return seconds == seconds.rounded() ? String(Int64(seconds)) : String(seconds)
    }

    var defaultValueDescription: String { self.description }

    var isZero: Bool { self.duration == .zero }
}
