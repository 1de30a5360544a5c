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
        return Self.escaped(String(decoding: data, as: UTF8.self))
    }

    /// Escapes the characters that `JSONEncoder` leaves and that some readers take for the end of a
    /// line, or that change how a terminal shows the text.
    ///
    /// They can only be inside of strings.
    private static func escaped(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: \.isUnreadable) else { return json }
        return json.unicodeScalars.reduce(into: "") { result, scalar in
            guard scalar.isUnreadable else { return result.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                result += String(format: "\\u%04x", unit)
            }
        }
    }

    /// Returns the outcome as lines of a name and a value, with the values in one column.
    static func table(_ outcome: MonitorOutcome) -> String {
        let lines = self.rows(outcome).map { name, value in
            name.padding(toLength: 12, withPad: " ", startingAt: 0) + ReadableText.escaped(value)
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
        if let user = report.cpuUser, let system = report.cpuSystem {
            rows.append(
                (
                    "cpu time",
                    "\(ReadableText.seconds(user)) user, \(ReadableText.seconds(system)) system"
                )
            )
        }
        if let memory = report.peakMemoryBytes {
            rows.append(("peak memory", ReadableText.bytes(memory)))
        }
        if let kills = report.oomKills, kills > 0 {
            rows.append(("oom kills", "\(kills) in the control group of the job"))
        }
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
