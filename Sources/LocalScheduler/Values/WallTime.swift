// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Glibc
internal import Reactor

/// A date and time with a resolution of one microsecond, as a store keeps it.
///
/// Do not use it to measure a duration within a process, because an administrator or NTP may set
/// the system's clock. Use the reactor's clock, which is monotonic.
public struct WallTime: Sendable, Hashable, Comparable {
    /// The microseconds since 1 January 1970, UTC.
    public var microseconds: Int64

    /// Creates a time from the microseconds since 1 January 1970, UTC.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Returns the current time of the system's clock (CLOCK_REALTIME).
    public static func now() -> WallTime {
        var time = timespec()
        // The call can fail only for an unknown clock, and every Linux kernel has CLOCK_REALTIME.
        clock_gettime(CLOCK_REALTIME, &time)
        let seconds = Int64(time.tv_sec) * 1_000_000
        return WallTime(microseconds: seconds + Int64(time.tv_nsec) / 1_000)
    }

    /// Returns a later time, or the latest representable time if the sum is beyond it.
    public static func + (time: WallTime, duration: Duration) -> WallTime {
        let added = duration.nanoseconds / 1_000
        return WallTime(microseconds: time.microseconds.addingSaturated(added))
    }

    /// Returns an earlier time, or the earliest representable time if the difference is beyond it.
    public static func - (time: WallTime, duration: Duration) -> WallTime {
        // After the division the value cannot be `Int64.min`, so it can be negated.
        let subtracted = duration.nanoseconds / 1_000
        return WallTime(microseconds: time.microseconds.addingSaturated(-subtracted))
    }

    /// Returns the duration from the second time to the first.
    public static func - (later: WallTime, earlier: WallTime) -> Duration {
        .microseconds(later.microseconds) - .microseconds(earlier.microseconds)
    }

    /// Returns whether the first time is earlier than the second.
    public static func < (first: WallTime, second: WallTime) -> Bool {
        first.microseconds < second.microseconds
    }
}

extension WallTime: Codable {
    /// Decodes a number of microseconds.
    public init(from decoder: any Decoder) throws {
        self.init(microseconds: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Encodes the number of microseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.microseconds)
    }
}

extension WallTime: CustomStringConvertible {
    /// The time in ISO 8601, in UTC and rounded down to a second: "2026-03-01T09:30:00Z".
    public var description: String {
        // Division rounds toward zero, so a time before 1970 needs a correction to round down.
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

#endif
