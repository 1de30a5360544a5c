// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// The folder of the logs: what others have left there, and one that is closed to us.
    @Suite struct LogFolderTests {
        private let place = Workplace()

        private static let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        private static let canBeNobody =
            geteuid() == 0
            && (try? Program(place: Workplace()).shell("\(nobody) \"$MONITOR\" --version"))?.exit
                == .exited(code: 0)

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

        // What is closed is the folder itself, the one above it, or the one that it is made in.
        @Test(
            .enabled(if: canBeNobody, "needs the right to be somebody without rights"),
            arguments: ["closed", "closed/logs", "closed/new/logs"]
        )
        func `a log folder that may not be entered is named, with the reason`(_ name: String)
            throws
        {
            try self.makeFolder("closed/logs")
            chmod(self.place.path("closed"), 0o700)
            chmod(self.place.folder, 0o777)
            let result = try Program(place: self.place).shell(
                #"exec \#(Self.nobody) "$MONITOR" run --store "$STORE" --log-dir "$LOGS" -- true"#,
                ["LOGS": self.place.path(name)]
            )
            #expect(result.exit == .exited(code: 64))
            #expect(result.err.contains(self.place.path(name)), "\(result.err)")
            #expect(result.err.contains("Permission denied"), "\(result.err)")
            #expect(!FileManager.default.fileExists(atPath: self.place.store))
        }
    }
}
