// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WorkerMonitor

@Suite struct `Log that another program changes` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    private func log(limit: Int64 = JobLog.defaultLimit) throws -> JobLog {
        try JobLog(path: self.folder.file("log"), limit: limit)
    }

    private func write(_ text: String, to log: JobLog) throws {
        try log.append([UInt8](text.utf8).span.bytes)
    }

    private func write(_ range: Range<Int64>, to log: JobLog) throws {
        try log.append(JobLogTestOutput.bytes(range).span.bytes)
    }

    private func move(_ name: String, to newName: String) throws {
        let (old, new) = (self.folder.file(name), self.folder.file(newName))
        try FileManager.default.moveItem(atPath: old, toPath: new)
    }

    private func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: self.folder.file(name))
    }

    /// Ends the log, and returns its length after the assembly.
    private func end(_ log: JobLog) throws -> Int64 {
        let assemble = try #require(log.endWriting())
        return try assemble()
    }

    // MARK: - The first half

    @Test func `output after a truncation follows the rest of the log without a hole`() throws {
        let log = try self.log()
        try self.write("before\n", to: log)
        truncate(self.folder.file("log"), 3)
        try self.write("after\n", to: log)
        #expect(log.logBytes == 9)
        #expect(try self.end(log) == 9)
        #expect(try self.folder.text("log") == "befafter\n")
        #expect(log.outputBytes == 13)
    }

    @Test func `a log can be copied and truncated again and again`() throws {
        let log = try self.log()
        for number in 1...3 {
            try self.write("run \(number)\n", to: log)
            #expect(try self.folder.text("log") == "run \(number)\n")
            truncate(self.folder.file("log"), 0)
        }
        try self.write("no line feed", to: log)
        truncate(self.folder.file("log"), 0)
        try log.note("a note starts at the top of an empty log")
        #expect(try self.folder.text("log") == "a note starts at the top of an empty log\n")
    }

    @Test(arguments: [false, true])
    func `output after a rename goes to a file at the path of the log`(isCreated: Bool) throws {
        let log = try self.log()
        try self.write("before", to: log)
        try self.move("log", to: "log.1")
        if isCreated { try Data().write(to: URL(fileURLWithPath: self.folder.file("log"))) }
        try self.write("after\n", to: log)
        try self.write("more\n", to: log)
        #expect(try self.end(log) == 11)
        #expect(try self.folder.text("log.1") == "before")
        #expect(try self.folder.text("log") == "after\nmore\n")
        #expect(log.outputBytes == 17)
    }

    @Test func `output is appended to an edited copy that replaced the log`() throws {
        let log = try self.log()
        try self.write("before\n", to: log)
        try Data("edited\n".utf8).write(to: URL(fileURLWithPath: self.folder.file("new")))
        #expect(rename(self.folder.file("new"), self.folder.file("log")) == 0)
        try self.write("after\n", to: log)
        #expect(try self.folder.text("log") == "edited\nafter\n")
    }

    @Test(arguments: ["logs/7", "logs"])
    func `output after a removal goes to a new file, also if the folder is gone`(
        _ removed: String
    ) throws {
        let path = self.folder.file("logs/7")
        try FileManager.default.createDirectory(
            atPath: self.folder.file("logs"),
            withIntermediateDirectories: false
        )
        let log = try JobLog(path: path)
        try self.write("before\n", to: log)
        try self.remove(removed)
        try self.write("after\n", to: log)
        #expect(try self.end(log) == 6)
        #expect(try self.folder.text("logs/7") == "after\n")
    }

    @Test func `a log that was removed after the last output is reported as removed`() throws {
        let log = try self.log()
        try self.write("before\n", to: log)
        try self.remove("log")
        let error = #expect(throws: JobLogError.self) { try self.end(log) }
        #expect(error?.code == .removed)
        let text = try #require(error).description
        #expect(text.hasSuffix("was removed while the job ran, and the output in it is lost."))
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["link", "fifo", "folder"])
    func `output stays in the renamed log if something else is at its path`(
        _ kind: String
    ) throws {
        let log = try self.log()
        try self.write("before\n", to: log)
        try self.move("log", to: "log.1")
        let path = self.folder.file("log")
        switch kind {
        case "link": #expect(symlink(self.folder.file("target"), path) == 0)
        case "fifo": #expect(mkfifo(path, 0o600) == 0)
        default: #expect(mkdir(path, 0o700) == 0)
        }
        try self.write("after\n", to: log)
        #expect(try self.folder.text("log.1") == "before\nafter\n")
        #expect(!self.folder.names().contains("target"))
    }

    @Test func `output does not go to the log of another monitor that took the path`() throws {
        let log = try self.log()
        try self.write("before\n", to: log)
        try self.move("log", to: "log.1")
        let other = try self.log()
        try self.write("after\n", to: log)
        try self.write("other\n", to: other)
        #expect(try self.folder.text("log.1") == "before\nafter\n")
        #expect(try self.folder.text("log") == "other\n")
    }

    // MARK: - The second half

    @Test func `the newest output is kept if the first half was truncated`() throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<9000, to: log)
        truncate(self.folder.file("log"), 0)
        try self.write(9000..<9100, to: log)
        let length = try self.end(log)
        let bytes = try self.folder.bytes("log")
        #expect(length == Int64(bytes.count))
        let cut = JobLogCut.line(bytes: 9100 - 2048)
        #expect(bytes == [UInt8](cut.utf8) + JobLogTestOutput.bytes(9100 - 1024..<9100))
        #expect(self.folder.names() == ["log"])
    }

    @Test func `the parts begin after a truncation at the true end of the log`() throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<1000, to: log)
        truncate(self.folder.file("log"), 0)
        try self.write(1000..<2000, to: log)
        let left = try self.folder.snapshot()
        #expect(log.logBytes == 1000)
        #expect(try self.end(log) == 1000)
        #expect(try self.folder.bytes("log") == JobLogTestOutput.bytes(1000..<2000))
        // The same log after its monitor was killed.
        #expect(try JobLog.recover(left.file("log")) == 1000)
        #expect(try left.bytes("log") == JobLogTestOutput.bytes(1000..<2000))
    }

    @Test func `a repeated assembly of a truncated log adds nothing twice`() throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<9000, to: log)
        truncate(self.folder.file("log"), 10)
        let left = try self.folder.snapshot()
        // An assembly that was killed after it had added some output.
        let reader = try #require(try JobLogPartReader(JobLogLayout(path: left.file("log"))))
        try JobLogBase.write(10, JobLogLayout(path: left.file("log")))
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: left.file("log")))
        try file.seekToEnd()
        try file.write(contentsOf: Data(repeating: 65, count: 500))
        #expect(reader.header.fileLength == 1024)
        try JobLog.recover(left.file("log"))
        #expect(try self.end(log) == Int64(try left.bytes("log").count))
        #expect(try left.bytes("log") == (try self.folder.bytes("log")))
    }

    @Test(arguments: [false, true])
    func `the newest output is kept if the log was renamed or removed`(isRemoved: Bool) throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<9000, to: log)
        if isRemoved { try self.remove("log") } else { try self.move("log", to: "log.1") }
        try self.write(9000..<9100, to: log)
        #expect(throws: JobLogError(.inUse, path: self.folder.file("log"))) {
            try JobLog.recover(self.folder.file("log"))
        }
        _ = try self.end(log)
        let cut = JobLogCut.line(bytes: 9100 - 2048)
        let newest = [UInt8](cut.utf8) + JobLogTestOutput.bytes(9100 - 1024..<9100)
        #expect(try self.folder.bytes("log") == newest)
        if !isRemoved {
            #expect(try self.folder.bytes("log.1") == JobLogTestOutput.bytes(0..<1024))
        }
    }

    @Test func `lines that another program appended to the log are kept`() throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<3000, to: log)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: self.folder.file("log")))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\nby another program\n".utf8))
        _ = try self.end(log)
        let bytes = try self.folder.bytes("log")
        #expect(bytes.prefix(1024) == JobLogTestOutput.bytes(0..<1024)[...])
        #expect(String(decoding: bytes, as: UTF8.self).contains("\nby another program\n[... "))
        #expect(bytes.suffix(1024) == JobLogTestOutput.bytes(3000 - 1024..<3000)[...])
    }

    @Test(arguments: ["truncate", "remove", "folder", "everything"])
    func `output after the loss of a part is kept, and lost output counts as cut`(
        _ loss: String
    ) throws {
        let log = try self.log(limit: 2048)
        try self.write(0..<1100, to: log)
        switch loss {
        case "truncate": truncate(self.folder.file("log.parts/0"), 0)
        case "remove": try self.remove("log.parts/0")
        case "folder": try self.remove("log.parts")
        default:
            try self.remove("log.parts")
            try self.remove("log")
        }
        try self.write(1100..<1200, to: log)
        try log.note("the last note")
        let length = try self.end(log)
        let bytes = try self.folder.bytes("log")
        #expect(length == Int64(bytes.count))
        let head = loss == "everything" ? [] : JobLogTestOutput.bytes(0..<1024)
        #expect(bytes.starts(with: head))
        let text = String(decoding: bytes.dropFirst(head.count), as: UTF8.self)
        #expect(text.contains("[... 76 bytes cut ...]\n"))
        #expect(text.hasSuffix("the last note\n"))
        let output = JobLogTestOutput.bytes(1100..<1200)
        #expect(Data(bytes).range(of: Data(output)) != nil)
    }
}
