// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A log folder with files of a killed monitor in it, or without the permission to enter it.
    @Suite struct `Log folder` {
        private let workplace = Workplace()

        private static let nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups"
        private static let canBeNobody =
            geteuid() == 0
            && (try? Program(workplace: Workplace()).shell("\(nobody) \"$MONITOR\" --version"))?
                .exit
                == .exited(code: 0)

        private func makeFolder(_ name: String) throws {
            try FileManager.default.createDirectory(
                atPath: self.workplace.path(name),
                withIntermediateDirectories: true
            )
        }

        @Test func `a link that leads nowhere takes the name of a log`() throws {
            try self.makeFolder("logs")
            symlink("/nonesuch/log", self.workplace.path("logs/job-1.log"))
            let report = try Program(workplace: self.workplace).run(acts: ["line:hello"]).report()
            #expect(report.status == .success)
            #expect(report.logPath == self.workplace.path("logs/job-1.2.log"))
        }

        // The name "done" means that the log already contains the parts, so they can be removed
        // whether or not the log still exists.
        @Test(arguments: [true, false])
        func `the next run removes log parts that a killed monitor left behind`(
            hasLog: Bool
        ) throws {
            try self.makeFolder("logs/job-9.log.parts-done")
            if hasLog { self.workplace.write("whole\n", to: "logs/job-9.log") }
            for name in ["0", "3", "notes"] {
                self.workplace.write("old", to: "logs/job-9.log.parts-done/\(name)")
            }
            let result = try Program(workplace: self.workplace).run(acts: ["line:hello"])
            #expect(result.exit == .exited(code: 0))
            let names = try FileManager.default.contentsOfDirectory(
                atPath: self.workplace.path("logs")
            )
            #expect(Set(names) == (hasLog ? ["job-9.log", "job-1.log"] : ["job-1.log"]))
            if hasLog {
                #expect(self.workplace.read(self.workplace.path("logs/job-9.log")) == "whole\n")
            }
        }

        // The closed folder is the log folder itself, its parent, or a folder higher up.
        @Test(
            .enabled(if: canBeNobody, "needs the right to run a program as another user"),
            arguments: ["closed", "closed/logs", "closed/new/logs"]
        )
        func `a log folder without permission to enter is named together with the reason`(
            _ name: String
        )
            throws
        {
            try self.makeFolder("closed/logs")
            chmod(self.workplace.path("closed"), 0o700)
            chmod(self.workplace.folder, 0o777)
            let result = try Program(workplace: self.workplace).shell(
                #"exec \#(Self.nobody) "$MONITOR" run --store "$STORE" --log-dir "$LOGS" -- true"#,
                ["LOGS": self.workplace.path(name)]
            )
            #expect(result.exit == .exited(code: 64))
            #expect(result.err.contains(self.workplace.path(name)), "\(result.err)")
            #expect(result.err.contains("Permission denied"), "\(result.err)")
            #expect(!FileManager.default.fileExists(atPath: self.workplace.store))
        }
    }
}

#endif
