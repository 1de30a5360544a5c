// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// The folder of the logs: what others have left there.
    @Suite struct LogFolderTests {
        private let place = Workplace()

        private func makeFolder(_ name: String) throws {
            try FileManager.default.createDirectory(
                atPath: self.place.path(name),
                withIntermediateDirectories: true
            )
        }

        // "Done" says that the log has all of it; with or without the log they are of no use.
        @Test(arguments: [true, false])
        func `parts that a monitor was killed over removing are removed by the next run`(
            hasLog: Bool
        ) throws {
            try self.makeFolder("logs/job-9.log.parts-done")
            if hasLog { self.place.write("whole\n", to: "logs/job-9.log") }
            for name in ["0", "3", "notes"] {
                self.place.write("old", to: "logs/job-9.log.parts-done/\(name)")
            }
            let result = try Program(place: self.place).run(acts: ["line:hello"])
            #expect(result.exit == .exited(code: 0))
            let names = try FileManager.default.contentsOfDirectory(atPath: self.place.path("logs"))
            #expect(Set(names) == (hasLog ? ["job-9.log", "job-1.log"] : ["job-1.log"]))
            if hasLog { #expect(self.place.read(self.place.path("logs/job-9.log")) == "whole\n") }
        }
    }
}
