// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// A time of day and date, to the microsecond: what a store of jobs keeps, and is handed by its
/// callers.
///
/// Not for measuring how long something took within a process: this clock may be set.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Microseconds since the beginning of 1970, UTC.
    public var microseconds: Int64

    /// Makes a time from microseconds since the beginning of 1970, UTC.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// What the system's clock says.
    public static func now() -> WallTime {
        var time = timespec()
        // CLOCK_REALTIME exists on every Linux; the call has no other way to fail.
        clock_gettime(CLOCK_REALTIME, &time)
        let seconds = Int64(time.tv_sec) * 1_000_000
        return WallTime(microseconds: seconds + Int64(time.tv_nsec) / 1_000)
    }

    /// The time so much later; the last time there is if that is beyond it.
    public static func + (time: WallTime, duration: Duration) -> WallTime {
        let added = duration.nanoseconds / 1_000
        return WallTime(microseconds: time.microseconds.addingSaturated(added))
    }

    /// The time so much earlier; the first time there is if that is before it.
    public static func - (time: WallTime, duration: Duration) -> WallTime {
        // Never the smallest Int64, so its negative exists.
        let subtracted = duration.nanoseconds / 1_000
        return WallTime(microseconds: time.microseconds.addingSaturated(-subtracted))
    }

    /// How much later the first time is than the second.
    public static func - (later: WallTime, earlier: WallTime) -> Duration {
        .microseconds(later.microseconds) - .microseconds(earlier.microseconds)
    }

    /// Whether the first time comes before the second.
    public static func < (first: WallTime, second: WallTime) -> Bool {
        first.microseconds < second.microseconds
    }
}

extension WallTime: Codable {
    /// Reads the number of microseconds.
    public init(from decoder: any Decoder) throws {
        self.init(microseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Writes the number of microseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.microseconds)
    }
}

extension WallTime: CustomStringConvertible {
    /// The time in UTC as in ISO 8601, to the second below, for example "2026-03-01T09:30:00Z".
    public var description: String {
        // Rounded down also before 1970, where division rounds towards zero.
        let (whole, rest) = self.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        var seconds = time_t(rest < 0 ? whole - 1 : whole)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "\(self.microseconds) us" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let base = buffer.baseAddress,
                strftime(base, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0
            else { return "\(self.microseconds) us" }
            return String(cString: base)
        }
    }
}
