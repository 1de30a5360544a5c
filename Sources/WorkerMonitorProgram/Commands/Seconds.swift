// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import ArgumentParser

/// A duration on the command line, as a number of seconds that may have a fraction.
struct Seconds: Sendable, CustomStringConvertible {
    let duration: Duration

    init(_ seconds: Double) {
        self.duration = .seconds(seconds)
    }

    /// Parses an argument from 0 to 3155760000 (100 years).
    ///
    /// A longer duration is most likely a typing error.
    @Sendable
    static func parse(_ argument: String) throws -> Self {
        guard let seconds = Double(argument), seconds.isFinite,
            (0...3_155_760_000).contains(seconds)
        else {
            throw ValidationError(
                "Give a number of seconds from 0 to 3155760000, for example 90 or 0.5."
            )
        }
        return Self(seconds)
    }

    /// Returns the help of an option.
    ///
    /// ArgumentParser does not show the default of an option that has its own `transform`, so the
    /// text names it.
    static func help(_ text: String, default value: Self? = nil) -> ArgumentHelp {
        ArgumentHelp(
            value.map { "\(text) (default: \($0))." } ?? text,
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

#endif
