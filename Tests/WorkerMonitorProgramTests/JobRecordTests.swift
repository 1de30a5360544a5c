// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Testing
import WorkerMonitor

@testable import WorkerMonitorProgram

@Suite struct `Job record` {
    private func outcome(_ change: (inout JobReport) -> Void) -> MonitorOutcome {
        var report = JobReport(jobID: 7, status: .success, cause: .exit)
        change(&report)
        return MonitorOutcome(report: report, failure: nil, delivery: .delivered)
    }

    @Test func `the table of a job has its values in one column`() {
        let outcome = self.outcome {
            $0.exitCode = 0
            $0.duration = 75.25
            $0.outputBytes = 1536
            $0.logPath = "/logs/job-7.log"
            $0.logBytes = 705
        }
        #expect(
            JobRecordText.table(outcome) == """
                job         7
                status      SUCCESS
                exit code   0
                duration    75.2 s
                output      1.5 KiB
                log         /logs/job-7.log (705 B)
                """
        )
    }

    @Test func `the table names the signals that were sent and the surviving processes`() {
        let outcome = self.outcome {
            $0.status = .failure
            $0.cause = .inactivityTimeout
            $0.signalsSent = [JobReport.SentSignal(signal: "SIGINT", to: "group", at: 1)]
            $0.survivors = [JobReport.Survivor(pid: 12, command: "nfs", state: "D")]
        }
        let table = JobRecordText.table(outcome)
        #expect(table.contains("cause       inactivity_timeout"))
        #expect(table.contains("signals     SIGINT to the group at 1.00 s"))
        #expect(table.contains("still alive 12 (nfs, state D)"))
    }

    @Test func `the JSON record is one line with null for unknown values`() {
        let json = JobRecordText.json(self.outcome { _ in }.report)
        #expect(json.contains(#""exit_code":null"#))
        #expect(!json.contains("\n"))
    }

    @Test func `a live line fits into the terminal, where wide characters take two columns`() {
        #expect(ProgressDisplay.fitted("abcdef", columns: 4) == "abc")
        #expect(ProgressDisplay.fitted("a\tb", columns: 10) == "a b")
        #expect(ProgressDisplay.fitted("日本語", columns: 6) == "日本")
    }
}

#endif
