// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import WorkerMonitor

/// A job's record, for a person and for a program.
enum JobRecordText {
    /// One JSON object on one line.
    static func json(_ report: JobReport) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every field is a number that is finite, a string, or a list of those: there is nothing to
        // fail at.
        guard let data = try? encoder.encode(report) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// A few lines, the names in one column.
    static func table(_ outcome: MonitorOutcome) -> String {
        let report = outcome.report
        var rows = [("job", "\(report.jobID)"), ("status", report.status.rawValue)]
        if outcome.delivery == .handedBack {
            rows.append(("handed back", "the store has it as pending"))
        }
        if report.cause != .exit { rows.append(("cause", report.cause.rawValue)) }
        if let code = report.exitCode { rows.append(("exit code", "\(code)")) }
        if let signal = report.signal { rows.append(("ended by", signal)) }
        if !report.signalsSent.isEmpty {
            let sent = report.signalsSent.map {
                "\($0.signal) to the \($0.to) at \(Self.seconds($0.at))"
            }
            rows.append(("signals", sent.joined(separator: ", ")))
        }
        rows.append(("duration", Self.seconds(report.duration)))
        rows.append(("output", Self.bytes(report.outputBytes)))
        if let path = report.logPath {
            rows.append(("log", "\(path) (\(Self.bytes(report.logBytes)))"))
        }
        if report.cutOff {
            rows.append(("cut off", "others still had the output open when it was closed"))
        }
        for survivor in report.survivors {
            rows.append(
                ("still alive", "\(survivor.pid) (\(survivor.command), state \(survivor.state))")
            )
        }
        let lines = rows.map { $0.0.padding(toLength: 12, withPad: " ", startingAt: 0) + $0.1 }
        return lines.joined(separator: "\n")
    }

    static func seconds(_ seconds: Double) -> String {
        String(format: seconds < 10 ? "%.2f s" : "%.1f s", seconds)
    }

    static func clock(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return String(format: "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    static func bytes(_ count: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count) / 1024
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        return String(format: "%.1f %@", value, units[index])
    }
}
