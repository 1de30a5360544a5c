// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A duration on the command line: seconds, fractions allowed.
struct Seconds: Sendable, CustomStringConvertible {
    let duration: Duration

    init(_ seconds: Double) {
        self.duration = .seconds(seconds)
    }

    /// Reads one; at most 100 years: what is longer is a slip of the pen.
    @Sendable
    static func parse(_ argument: String) throws -> Self {
        guard let seconds = Double(argument), seconds.isFinite,
            (0...3_155_760_000).contains(seconds)
        else {
            throw ValidationError(
                "Give seconds from 0 to 3155760000, fractions allowed, as in 90 or 0.5."
            )
        }
        return Self(seconds)
    }

    /// The help of an option; with the default, which an option that is read by a function of its own
    /// does not show by itself.
    static func help(_ text: String, default usual: Self? = nil) -> ArgumentHelp {
        ArgumentHelp(
            "\(text)\(usual.map { " (default: \($0))" } ?? "")",
            valueName: "seconds"
        )
    }

    var description: String {
        let seconds =
            Double(self.duration.components.seconds)
            + Double(self.duration.components.attoseconds) / 1e18
        return seconds == seconds.rounded() ? String(Int64(seconds)) : String(seconds)
    }

    var isZero: Bool { self.duration == .zero }
}
