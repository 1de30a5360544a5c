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

    /// Returns a copy of the folder after some output and a note, as a killed writer leaves it.
    private func left(after length: Int64, note: String? = nil) throws -> JobLogFolder {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<length).span.bytes)
        if let note { try log.note(note) }
        return try self.folder.snapshot()
    }

    @Test func `recovery is refused while the log is being written`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<9000).span.bytes)
        let error = #expect(throws: JobLogError.self) {
            try JobLog.recover(self.folder.file("log"))
        }
        #expect(error?.code == .inUse)
        try log.close()
        #expect(try self.folder.bytes("log") == JobLogTestOutput.log(of: 9000, limit: 2048))
    }

    @Test func `a log can be assembled on any thread after the end of writing`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        try log.append(JobLogTestOutput.bytes(0..<9000).span.bytes)
        let assemble = try #require(log.endWriting())
        #expect(log.logBytes == 2048)
        let length = try assemble()
        let bytes = try self.folder.bytes("log")
        #expect(bytes == JobLogTestOutput.log(of: 9000, limit: 2048))
        #expect(length == Int64(bytes.count))
    }

    @Test func `recovery keeps the notes`() throws {
        let left = try self.left(after: 9000, note: "stopping the worker")
        try JobLog.recover(left.file("log"))
        let expected = JobLogTestOutput.log(of: 9000, limit: 2048)
        let lineFeed = expected.last == UInt8(ascii: "\n") ? "" : "\n"
        #expect(try left.bytes("log") == expected + (lineFeed + "stopping the worker\n").utf8)
    }

    @Test func `recovery keeps the written part of an incomplete note`() throws {
        let left = try self.left(after: 9000, note: "stopping the worker")
        let notes = try FileHandle(
            forUpdating: URL(fileURLWithPath: left.file("log.parts/notes"))
        )
        try notes.truncate(atOffset: notes.seekToEnd() - 8)
        try JobLog.recover(left.file("log"))
        #expect(try left.text("log").hasSuffix("\nstopping the"))
    }

    @Test func `recovery discards the additions of an earlier one that was killed`() throws {
        let left = try self.left(after: 9000)
        let log = try FileHandle(forUpdating: URL(fileURLWithPath: left.file("log")))
        try log.seekToEnd()
        try log.write(contentsOf: Data("half of what was to be ad".utf8))
        try JobLog.recover(left.file("log"))
        #expect(try left.bytes("log") == JobLogTestOutput.log(of: 9000, limit: 2048))
    }

    @Test func `recovery completes an earlier one that was killed while it removed the parts`()
        throws
    {
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

    @Test func `a part with an incomplete header counts as a part without output`() throws {
        let left = try self.left(after: 1024 + 256)
        try Data("job-log-part 1 file=00".utf8)
            .write(to: URL(fileURLWithPath: left.file("log.parts/1")))
        try JobLog.recover(left.file("log"))
        #expect(try left.bytes("log") == JobLogTestOutput.bytes(0..<1024 + 256))
    }

    @Test func `recovery keeps the first half if the writer was killed before the first part`()
        throws
    {
        let left = try self.left(after: 1024)
        try FileManager.default.createDirectory(
            atPath: left.file("log.parts"),
            withIntermediateDirectories: false
        )
        #expect(try JobLog.recover(left.file("log")) == 1024)
        #expect(left.names() == ["log"])
    }

    @Test func `output in a lost part counts as cut`() throws {
        let left = try self.left(after: 1024 + 5 * 256)
        try FileManager.default.removeItem(atPath: left.file("log.parts/3"))
        try JobLog.recover(left.file("log"))
        let text = try left.bytes("log")
        #expect(text.suffix(256) == JobLogTestOutput.bytes(1024 + 4 * 256..<1024 + 5 * 256)[...])
        #expect(
            String(decoding: text, as: UTF8.self).contains("[... 1.0 KiB (1,024 bytes) cut ...]")
        )
    }

    @Test func `recovery of a log that does not exist throws an error with its path`() throws {
        let error = #expect(throws: JobLogError.self) {
            try JobLog.recover(self.folder.file("none"))
        }
        #expect(error?.errno == ENOENT)
        #expect(error?.path == self.folder.file("none"))
    }
}
