// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport

/// Determines how long a host asks its clients to wait.
enum RetryAfter {
    /// Returns the wait in seconds, from 0 to one day, or `nil` if the response names none.
    ///
    /// The header Retry-After (RFC 9110) has a number of seconds or a date. A date is compared with
    /// the date of the response, because the clocks of the two machines may differ. Hosts with a
    /// quota may send RateLimit-Reset or X-RateLimit-Reset instead, which counts only if the quota
    /// is used up.
    ///
    /// - Parameters:
    ///   - headers: The headers of the response by their names in lower case.
    ///   - now: The current time in seconds since 1970, for a response without a date.
    static func seconds(
        _ headers: [String: String],
        now: Int = time(nil)
    ) -> Int? {
        let now = headers["date"].flatMap(Self.date) ?? now
        if let value = headers["retry-after"] {
            return Self.limited(Self.number(value) ?? Self.date(value).map { $0 - now })
        }
        guard Self.isUsedUp(headers) else { return nil }
        let reset = headers["ratelimit-reset"] ?? headers["x-ratelimit-reset"]
        return Self.limited(
            reset.flatMap(Self.number).map { $0 > Self.firstTimestamp ? $0 - now : $0 }
        )
    }

    /// Returns whether the response says that the quota of the client is used up.
    static func isUsedUp(_ headers: [String: String]) -> Bool {
        ["ratelimit-remaining", "x-ratelimit-remaining"].contains {
            headers[$0].flatMap(Self.number) == 0
        }
    }

    // Numbers above this one are times since 1970 (2001 and later) and not waits.
    private static let firstTimestamp = 1_000_000_000

    private static func limited(_ seconds: Int?) -> Int? {
        seconds.map { min(max($0, 0), WorkerResult.longestWait) }
    }

    /// Returns the number, or `nil` if the text does not consist of digits.
    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text) ?? .max
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Returns the seconds since 1970 of a date in one of the three formats of RFC 9110, or `nil`.
    ///
    /// The formats are "Sat, 28 Nov 2026 08:02:48 GMT", "Saturday, 28-Nov-26 08:02:48 GMT", and
    /// "Sat Nov 28 08:02:48 2026".
    private static func date(_ text: String) -> Int? {
        var words = text.split { " ,-:".contains($0) }.dropFirst()
        if words.last == "GMT" {
            words.removeLast()
        } else if words.count == 6 {
            // The third format has the month first, and the year last.
            let year = words.removeLast()
            let month = words.removeFirst()
            words.insert(contentsOf: [month, year], at: words.startIndex + 1)
        }
        guard words.count == 6,
            let month = Self.months.firstIndex(where: { $0 == words[words.startIndex + 1] })
        else { return nil }
        words.remove(at: words.startIndex + 1)
        let numbers = words.compactMap { Int32($0) }
        guard numbers.count == 5 else { return nil }
        var parts = tm()
        parts.tm_mday = numbers[0]
        parts.tm_mon = Int32(month)
        // A year of two digits is in this century.
        parts.tm_year = numbers[1] < 100 ? numbers[1] + 100 : numbers[1] - 1900
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return timegm(&parts)
    }
}
