// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WorkerMonitor

@Suite struct `Recovery of a log` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    /// A folder as a writer leaves it that is killed after this much output and a note.
    private func left(after length: Int64, note: String? = nil) throws -> JobLogFolder {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<length).span.bytes)
        if let note { try log.note(note) }
        return try self.folder.snapshot()
    }

    @Test func `is refused while the log is being written`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<9000).span.bytes)
        let error = #expect(throws: JobLogError.self) {
            try JobLog.recover(self.folder.file("log"))
        }
        #expect(error?.code == .inUse)
        try log.close()
        #expect(try self.folder.bytes("log") == JobLogTestOutput.log(of: 9000, limit: 2048))
    }

    @Test func `can be done on any thread after the end of writing`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<9000).span.bytes)
        let rest = try #require(log.endWriting())
        #expect(log.logBytes == 2048)
        let length = try rest()
        let bytes = try self.folder.bytes("log")
        #expect(bytes == JobLogTestOutput.log(of: 9000, limit: 2048))
        #expect(length == Int64(bytes.count))
    }

    @Test func `keeps the notes`() throws {
        let left = try self.left(after: 9000, note: "stopping the worker")
        try JobLog.recover(left.file("log"))
        let expected = JobLogTestOutput.log(of: 9000, limit: 2048)
        let lineFeed = expected.last == UInt8(ascii: "\n") ? "" : "\n"
        #expect(try left.bytes("log") == expected + (lineFeed + "stopping the worker\n").utf8)
    }

    @Test func `keeps what there is of a note that was being written`() throws {
        let left = try self.left(after: 9000, note: "stopping the worker")
        let notes = try FileHandle(
            forUpdating: URL(fileURLWithPath: left.file("log.parts/notes"))
        )
        try notes.truncate(atOffset: notes.seekToEnd() - 8)
        try JobLog.recover(left.file("log"))
        #expect(try left.text("log").hasSuffix("\nstopping the"))
    }

    @Test func `starts over when an earlier one was killed half way`() throws {
        let left = try self.left(after: 9000)
        let log = try FileHandle(forUpdating: URL(fileURLWithPath: left.file("log")))
        try log.seekToEnd()
        try log.write(contentsOf: Data("half of what was to be ad".utf8))
        try JobLog.recover(left.file("log"))
        #expect(try left.bytes("log") == JobLogTestOutput.log(of: 9000, limit: 2048))
    }

    @Test func `finishes one that was killed while it removed the parts`() throws {
        let left = try self.left(after: 9000)
        let whole = JobLogTestOutput.log(of: 9000, limit: 2048)
        try Data(whole).write(to: URL(fileURLWithPath: left.file("log")))
        try FileManager.default.moveItem(
            atPath: left.file("log.parts"),
            toPath: left.file("log.parts-done")
        )
        try FileManager.default.removeItem(atPath: left.file("log.parts-done/0"))
        #expect(try JobLog.recover(left.file("log")) == Int64(whole.count))
        #expect(try left.bytes("log") == whole)
        #expect(left.names() == ["log"])
    }

    @Test func `takes a part without a whole header for one without output`() throws {
        let left = try self.left(after: 1024 + 256)
        try Data("job-log-part 1 file=00".utf8)
            .write(to: URL(fileURLWithPath: left.file("log.parts/1")))
        try JobLog.recover(left.file("log"))
        #expect(try left.bytes("log") == JobLogTestOutput.bytes(0..<1024 + 256))
    }

    @Test func `leaves the first half when the writer was killed before the first part`() throws {
        let left = try self.left(after: 1024)
        try FileManager.default.createDirectory(
            atPath: left.file("log.parts"),
            withIntermediateDirectories: false
        )
        #expect(try JobLog.recover(left.file("log")) == 1024)
        #expect(left.names() == ["log"])
    }

    @Test func `counts output of lost parts as cut`() throws {
        let left = try self.left(after: 1024 + 5 * 256)
        try FileManager.default.removeItem(atPath: left.file("log.parts/3"))
        try JobLog.recover(left.file("log"))
        let text = try left.bytes("log")
        #expect(text.suffix(256) == JobLogTestOutput.bytes(1024 + 4 * 256..<1024 + 5 * 256)[...])
        #expect(
            String(decoding: text, as: UTF8.self).contains("[... 1.0 KiB (1,024 bytes) cut ...]")
        )
    }

    @Test func `of a log that is not there says so`() throws {
        let error = #expect(throws: JobLogError.self) {
            try JobLog.recover(self.folder.file("none"))
        }
        #expect(error?.errno == ENOENT)
        #expect(error?.path == self.folder.file("none"))
    }
}
