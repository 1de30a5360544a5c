// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The duration in nanoseconds, clamped to what an Int64 holds (292 years either way).
    ///
    /// `attoseconds` with an Int64 fast path costs 2 ns, `components` 13.5 ns; this is on the path
    /// of every timer.
    package var nanoseconds: Int64 {
        let attoseconds = self.attoseconds
        if let short = Int64(exactly: attoseconds) { return short / 1_000_000_000 }
        return Int64(clamping: attoseconds / 1_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the largest value: a deadline beyond the clock's range means "never".
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = self.addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }
}
