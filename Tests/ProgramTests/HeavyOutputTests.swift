// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Heavy output` {
        static let gibibyte: Int64 = 1 << 30

        @Test func `two gibibytes of output leave a bounded log and a small monitor`() throws {
            let workplace = Workplace()
            let result = try Program(workplace: workplace, timeout: .seconds(120)).run(
                ["--pipes"],
                acts: ["flood:\(2 * Self.gibibyte)", "line:the end"]
            )
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.outputBytes == 2 * Self.gibibyte + 8)
            #expect(report.logBytes <= 65 << 20)
            #expect(report.tail.hasSuffix("the end\n"))
            #expect(result.maximumResidentBytes < 40 << 20)
            let log = workplace.read(report.logPath ?? "")
            #expect(Int64(log.utf8.count) == report.logBytes)
            #expect(log.hasSuffix("the end\n"))
        }

        @Test func `one line of a hundred mebibytes leaves a small tail`() throws {
            let workplace = Workplace()
            let script = "head -c 104857600 /dev/zero | tr '\\0' a; echo; echo end"
            let result = try Program(workplace: workplace).monitor([
                "run", "--json", "--", "sh", "-c", script,
            ])
            let report = try result.report()
            #expect(report.status == .success)
            #expect(report.outputBytes == 104_857_600 + 5)
            #expect(report.tail.utf8.count <= 8192)
            #expect(report.tail.hasSuffix("a\nend\n"))
            #expect(result.maximumResidentBytes < 40 << 20)
        }

        @Test func `the tail is valid text for any output and the log contains every byte`()
            throws
        {
            let workplace = Workplace()
            let bytes = #"a\000b\033[31mred\033[0m\n\377\376\n10%%\r20%%\r100%%\nlast\n"#
            let result = try Program(workplace: workplace).monitor([
                "run", "--json", "--", "sh", "-c", "printf '\(bytes)'",
            ])
            let report = try result.report()
            #expect(report.tail == "abred\n\u{FFFD}\u{FFFD}\n100%\nlast\n")
            let log = FileManager.default.contents(atPath: report.logPath ?? "") ?? Data()
            #expect(log.starts(with: Data("a\u{0}b\u{1B}[31mred".utf8)))
            #expect(Int64(log.count) == report.outputBytes)
        }
    }
}

#endif
