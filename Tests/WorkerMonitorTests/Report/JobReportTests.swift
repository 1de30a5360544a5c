// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import WorkerMonitor

extension JobReport {
    /// A report with a value in every field.
    static var full: JobReport {
        var report = JobReport(jobID: 7, status: .failureInvalid, cause: .deadline)
        report.exitCode = 4
        report.fault = .source
        report.retryAfter = 90
        report.reason = "The repository does not exist."
        report.signal = "SIGKILL"
        report.signalsSent = [
            JobReport.SentSignal(signal: "SIGINT", to: "group", at: 2),
            JobReport.SentSignal(signal: "SIGKILL", to: "leader", at: 7.25),
        ]
        report.heartbeats = 3
        report.logPath = "/logs/job-7.log"
        report.logBytes = 123
        report.outputBytes = 456
        report.tail = "last line\n„ünicode“ \u{1F41D}\n"
        report.survivors = [JobReport.Survivor(pid: 4711, command: "rsync", state: "D")]
        report.cutOff = true
        report.duration = 7.5
        report.cpuUser = 1.5
        report.cpuSystem = 0.25
        report.peakMemoryBytes = 1 << 30
        report.oomKills = 1
        return report
    }
}

@Suite struct `Job report` {
    private func object(_ report: JobReport) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report))
        return try #require(json as? [String: Any])
    }

    private let keys = [
        "cause", "cpu_system", "cpu_user", "cut_off", "duration", "exit_code", "fault",
        "heartbeats", "job_id", "log_bytes", "log_path", "oom_kills", "output_bytes",
        "peak_memory_bytes", "reason", "retry_after", "signal", "signals_sent", "status",
        "survivors", "tail",
    ]

    @Test func `the JSON contains every key in every report`() throws {
        let empty = JobReport(jobID: 1, status: .failure, cause: .spawnFailed)
        #expect(try self.object(empty).keys.sorted() == self.keys)
        #expect(try self.object(JobReport.full).keys.sorted() == self.keys)
    }

    @Test func `the JSON contains null for unknown values`() throws {
        let object = try self.object(JobReport(jobID: 1, status: .failure, cause: .spawnFailed))
        let unknown = object.filter { $0.value is NSNull }.keys.sorted()
        #expect(
            unknown
                == [
                    "cpu_system", "cpu_user", "exit_code", "fault", "log_path", "oom_kills",
                    "peak_memory_bytes", "reason", "retry_after", "signal",
                ]
        )
        #expect(object["signals_sent"] as? [String] == [])
        #expect(object["survivors"] as? [String] == [])
        #expect(object["tail"] as? String == "")
    }

    @Test func `the JSON has the documented keys and values`() throws {
        let object = try self.object(JobReport.full)
        #expect(object["job_id"] as? Int == 7)
        #expect(object["status"] as? String == "FAILURE_INVALID")
        #expect(object["cause"] as? String == "deadline")
        #expect(object["cut_off"] as? Bool == true)
        let sent = try #require(object["signals_sent"] as? [[String: Any]])
        #expect(
            sent.map { $0.keys.sorted() } == [["at", "signal", "to"], ["at", "signal", "to"]]
        )
        #expect(sent[1]["signal"] as? String == "SIGKILL")
        #expect(sent[1]["to"] as? String == "leader")
        #expect(sent[1]["at"] as? Double == 7.25)
        let survivors = try #require(object["survivors"] as? [[String: Any]])
        #expect(survivors.map { $0.keys.sorted() } == [["command", "pid", "state"]])
    }

    @Test func `a report of an older version, without the newer keys, can be decoded`() throws {
        var object = try self.object(JobReport(jobID: 1, status: .failure, cause: .exit))
        for key in ["fault", "retry_after", "reason"] { object[key] = nil }
        let data = try JSONSerialization.data(withJSONObject: object)
        #expect(try JSONDecoder().decode(JobReport.self, from: data).fault == nil)
    }

    @Test func `only an interruption and a fault of the machine end without a result`() {
        var report = JobReport(jobID: 1, status: .failureTemporary, cause: .exit)
        for fault in [nil, JobFault.source, .host] {
            report.fault = fault
            #expect(!report.isHandedBack)
        }
        report.fault = .machine
        #expect(report.isHandedBack)
        report.cause = .heartbeatFailed
        #expect(!report.isHandedBack)
        #expect(JobReport(jobID: 1, status: .failure, cause: .interrupted).isHandedBack)
    }

    @Test func `a decoded report equals the encoded one`() throws {
        let empty = JobReport(jobID: 1, status: .success, cause: .exit)
        for report in [JobReport.full, empty] {
            let data = try JSONEncoder().encode(report)
            #expect(try JSONDecoder().decode(JobReport.self, from: data) == report)
        }
    }
}
