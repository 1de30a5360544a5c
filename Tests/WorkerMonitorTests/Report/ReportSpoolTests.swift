// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Report spool` {
    private func report(_ jobID: Int64) -> JobReport {
        var report = JobReport.full
        report.jobID = jobID
        return report
    }

    @Test func `saved reports are listed in the order of their job ids`() throws {
        try withFolder { folder in
            let spool = ReportSpool(folder: folder + "/made/when/needed")
            #expect(spool.pending().map(\.report) == [])
            for jobID: Int64 in [10, 9, 100] {
                let path = try spool.keep(self.report(jobID))
                #expect(path == "\(spool.folder)/job-\(jobID).json")
            }
            #expect(
                spool.pending().map(\.report) == [
                    self.report(9), self.report(10), self.report(100),
                ]
            )
        }
    }

    @Test func `removing a delivered report leaves the others`() throws {
        try withFolder { folder in
            let spool = ReportSpool(folder: folder)
            _ = try spool.keep(self.report(1))
            _ = try spool.keep(self.report(11))
            let first = try #require(spool.pending().first)
            spool.remove(first)
            spool.remove(first)
            #expect(spool.pending().map(\.report).map(\.jobID) == [11])
        }
    }

    @Test func `a newer report of the same job replaces the older one`() throws {
        try withFolder { folder in
            let spool = ReportSpool(folder: folder)
            var report = self.report(1)
            _ = try spool.keep(report)
            report.status = .success
            _ = try spool.keep(report)
            #expect(spool.pending().map(\.report) == [report])
        }
    }

    @Test func `reports of different jobs with the same id are kept apart`() throws {
        try withFolder { folder in
            let reports = try [Int64?](arrayLiteral: 1, 2, nil).map { started in
                let spool = ReportSpool(folder: folder, jobStartedMicroseconds: started)
                var report = self.report(7)
                report.heartbeats = Int(started ?? 0)
                let paths = [try spool.keep(report), try spool.keep(report)]
                #expect(Set(paths).count == 1)
                return report
            }
            let pending = ReportSpool(folder: folder).pending()
            #expect(Set(pending.map(\.report)) == Set(reports))
            #expect(
                pending.map(\.path) == ["2.json", "3.json", "json"].map { "\(folder)/job-7.\($0)" }
            )
            #expect(pending.map(\.jobStartedMicroseconds) == [2, nil, 1])
        }
    }

    @Test func `a file that is not a complete report is skipped and left alone`() throws {
        try withFolder { folder in
            let spool = ReportSpool(folder: folder)
            let path = try spool.keep(self.report(1))
            let whole = try #require(FileManager.default.contents(atPath: path))
            let others = [
                "job-2.json": whole.prefix(whole.count / 2), "job-3.json": Data(),
                "job-4.json.tmp": whole, "notes.json": whole, "job-5.json": Data("{}".utf8),
            ]
            for (name, data) in others {
                #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: data))
            }
            try FileManager.default.createDirectory(
                atPath: "\(folder)/job-6.json",
                withIntermediateDirectories: false
            )
            #expect(spool.pending().map(\.report) == [self.report(1)])
            for name in others.keys {
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)"))
            }
        }
    }

    @Test func `saving a report leaves no other file`() throws {
        try withFolder { folder in
            _ = try ReportSpool(folder: folder).keep(self.report(1))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names == ["job-1.json"])
        }
    }

    @Test func `a folder that cannot be created is reported`() throws {
        let spool = ReportSpool(folder: "/dev/null/spool")
        let error = #expect(throws: ReportSpoolError.self) { try spool.keep(self.report(1)) }
        #expect(error == ReportSpoolError(path: "/dev/null", errno: ENOTDIR))
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a full disk is reported in a sentence, and no incomplete file is left`() throws {
        let disk = try #require(SmallDisk(kibibytes: 64))
        let filler = Data(count: 60 * 1024)
        try filler.write(to: URL(fileURLWithPath: disk.folder.file("filler")))
        let spool = ReportSpool(folder: disk.folder.path)
        var report = self.report(1)
        report.tail = String(repeating: "x", count: 8192)
        let error = #expect(throws: ReportSpoolError.self) { try spool.keep(report) }
        #expect(
            error?.description
                == "The report cannot be saved in \(disk.folder.path)/job-1.json: "
                + "No space left on device. Free some space on its file system."
        )
        #expect(disk.folder.names() == ["filler"])
    }
}
