// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WorkerMonitor

@Suite struct `Job log` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    private func log(limit: Int64 = JobLog.defaultLimit) throws -> JobLog {
        try JobLog(path: self.folder.file("log"), limit: limit)
    }

    private func write(_ text: String, to log: some JobLogSink) throws {
        try log.append([UInt8](text.utf8).span.bytes)
    }

    @Test func `a log contains the output unchanged`() throws {
        let log = try self.log()
        try self.write("one\r\n\u{1B}[1mtw", to: log)
        try self.write("", to: log)
        try self.write("o\0\n", to: log)
        #expect(try self.folder.text("log") == "one\r\n\u{1B}[1mtwo\0\n")
        try log.close()
        #expect(try self.folder.text("log") == "one\r\n\u{1B}[1mtwo\0\n")
        #expect(log.outputBytes == 14)
        #expect(log.logBytes == 14)
        #expect(self.folder.names() == ["log"])
    }

    @Test func `a log without output is an empty file`() throws {
        let log = try self.log()
        try log.close()
        #expect(try self.folder.bytes("log") == [])
        #expect(log.logBytes == 0)
    }

    @Test func `a log is readable by its owner and group only`() throws {
        _ = try self.log()
        let attributes = try FileManager.default.attributesOfItem(atPath: self.folder.file("log"))
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & 0o027 == 0)
        #expect(mode & 0o600 == 0o600)
    }

    @Test func `a note starts on a new line`() throws {
        let log = try self.log()
        try log.note("first")
        try self.write("output", to: log)
        try log.note("second\n")
        try self.write("more\n", to: log)
        try log.note("Import failed:\nthird")
        try log.close()
        let text = "first\noutput\nsecond\nmore\nImport failed:\nthird\n"
        #expect(try self.folder.text("log") == text)
        #expect(log.outputBytes == 11)
        #expect(log.logBytes == Int64(text.utf8.count))
    }

    @Test func `output of exactly the limit is kept completely`() throws {
        let log = try self.log(limit: 2048)
        let output = JobLogTestOutput.bytes(0..<2048)
        try log.append(output.span.bytes)
        #expect(log.logBytes == 2048)
        try log.close()
        #expect(try self.folder.bytes("log") == output)
        #expect(self.folder.names() == ["log"])
    }

    @Test func `a single byte above the limit is cut and reported`() throws {
        let log = try self.log(limit: 2048)
        try self.write(
            String(repeating: "a", count: 1024) + "b" + String(repeating: "c", count: 1024),
            to: log
        )
        try log.close()
        let first = String(repeating: "a", count: 1024)
        let last = String(repeating: "c", count: 1024)
        #expect(try self.folder.text("log") == first + "\n[... 1 byte cut ...]\n" + last)
        #expect(log.outputBytes == 2049)
        #expect(log.logBytes == Int64(try self.folder.bytes("log").count))
    }

    @Test func `a limit that is too small is raised to the smallest one`() throws {
        let log = try self.log(limit: 0)
        let output = JobLogTestOutput.bytes(0..<JobLog.leastLimit)
        try log.append(output.span.bytes)
        try log.close()
        #expect(try self.folder.bytes("log") == output)
    }

    @Test func `a note is never cut, wherever the cut is`() throws {
        let log = try self.log(limit: 2048)
        try log.note("in the first half")
        try self.write(String(repeating: "a", count: 1500), to: log)
        try log.note("in the part that is cut")
        try self.write(String(repeating: "b", count: 5000), to: log)
        try log.note("in the last half")
        try self.write("end", to: log)
        try log.note("Import failed: exit 1")
        try log.close()
        let text = try self.folder.text("log")
        let expected =
            "in the first half\n" + String(repeating: "a", count: 1024)
            + "\nin the part that is cut\n[... 4.3 KiB (4,455 bytes) cut ...]\n"
            + String(repeating: "b", count: 1021)
            + "\nin the last half\nend\nImport failed: exit 1\n"
        #expect(text == expected)
        #expect(log.outputBytes == 6503)
        #expect(log.logBytes == Int64(text.utf8.count))
    }

    @Test func `closing a log again has no effect, and a closed log accepts nothing`() throws {
        let log = try self.log()
        try log.close()
        try log.close()
        let error = #expect(throws: JobLogError.self) { try self.write("late", to: log) }
        #expect(error?.code == .closed)
        #expect(throws: JobLogError.self) { try log.note("late") }
        #expect(try self.folder.bytes("log") == [])
    }

    @Test func `closing a log closes all of its descriptors`() throws {
        let log = try self.log(limit: 1024)
        try log.append(JobLogTestOutput.bytes(0..<5000).span.bytes)
        try log.note("note")
        try log.close()
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
            }
        #expect(open.allSatisfy { !$0.hasPrefix(self.folder.path) })
    }
}
