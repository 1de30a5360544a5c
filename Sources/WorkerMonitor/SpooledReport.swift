// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A report that waits in a ``ReportSpool``.
public struct SpooledReport: Sendable, Hashable {
    /// The report.
    public var report: JobReport
    /// When it was kept, in microseconds since 1970.
    public var keptAtMicroseconds: Int64

    /// Makes a spooled report.
    public init(report: JobReport, keptAtMicroseconds: Int64) {
        self.report = report
        self.keptAtMicroseconds = keptAtMicroseconds
    }
}
