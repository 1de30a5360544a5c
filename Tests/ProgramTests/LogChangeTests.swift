// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A log that is truncated, renamed or removed while its job runs, as logrotate(8) does it.
    @Suite struct `Rotated log` {
        private let workplace = Workplace()

        /// Runs a job that prints "before", waits until `change` has run, and prints "after".
        private func run(_ change: @escaping (String) -> Void) throws -> (JobReport, String) {
            let go = self.workplace.path("go")
            let script = "echo before; while [ ! -e '\(go)' ]; do sleep 0.01; done; echo after"
            let log = self.workplace.path("logs/job-1.log")
            let result = try Program(workplace: self.workplace).monitor(
                ["run", "--json", "--", "sh", "-c", script],
                whenOutput: (
                    "before",
                    { _, _ in
                        change(log)
                        _ = FileManager.default.createFile(atPath: go, contents: nil)
                    }
                )
            )
            let report = try result.report()
            #expect(report.status == .success, "\(result.err)")
            #expect(report.outputBytes == 13)
            return (report, self.workplace.read(log))
        }

        @Test func `a truncated log has no hole, and the record states its length`() throws {
            let (report, log) = try self.run { truncate($0, 0) }
            #expect(log == "after\n")
            #expect(report.logBytes == 6)
        }

        @Test func `a renamed log is continued at its path`() throws {
            let (report, log) = try self.run { rename($0, $0 + ".1") }
            #expect(log == "after\n")
            #expect(report.logBytes == 6)
            #expect(self.workplace.read("\(report.logPath ?? "").1") == "before\n")
        }

        @Test func `a log is created again if its folder was removed`() throws {
            let (report, log) = try self.run { path in
                try? FileManager.default.removeItem(
                    atPath: (path as NSString).deletingLastPathComponent
                )
            }
            #expect(log == "after\n")
            #expect(report.logBytes == 6)
        }
    }
}

#endif
