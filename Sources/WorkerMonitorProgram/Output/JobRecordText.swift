// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import ProgramSupport
internal import WorkerMonitor

/// The record of a job as text, for a person and for a program.
enum JobRecordText {
    /// Returns the report as one JSON object on one line.
    static func json(_ report: JobReport) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding cannot fail: each field is a finite number, a string, or a list of those.
        guard let data = try? encoder.encode(report) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Returns the outcome as lines of a name and a value, with the values in one column.
    static func table(_ outcome: MonitorOutcome) -> String {
        let lines = self.rows(outcome).map { name, value in
            name.padding(toLength: 12, withPad: " ", startingAt: 0) + value
        }
        return lines.joined(separator: "\n")
    }

    private static func rows(_ outcome: MonitorOutcome) -> [(String, String)] {
        let report = outcome.report
        var rows = [("job", "\(report.jobID)"), ("status", report.status.rawValue)]
        if outcome.delivery == .handedBack {
            rows.append(("handed back", "the job is pending again in the store"))
        }
        if report.cause != .exit { rows.append(("cause", report.cause.rawValue)) }
        if let code = report.exitCode { rows.append(("exit code", "\(code)")) }
        if let signal = report.signal { rows.append(("ended by", signal)) }
        if !report.signalsSent.isEmpty {
            let sent = report.signalsSent.map {
                "\($0.signal) to the \($0.to) at \(ReadableText.seconds($0.at))"
            }
            rows.append(("signals", sent.joined(separator: ", ")))
        }
        rows.append(("duration", ReadableText.seconds(report.duration)))
        rows.append(("output", ReadableText.bytes(report.outputBytes)))
        if let path = report.logPath {
            rows.append(("log", "\(path) (\(ReadableText.bytes(report.logBytes)))"))
        }
        if report.cutOff {
            rows.append(("cut off", "other processes still had the output open when it was closed"))
        }
        rows += report.survivors.map {
            ("still alive", "\($0.pid) (\($0.command), state \($0.state))")
        }
        return rows
    }
}

#endif
