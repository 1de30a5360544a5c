// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import ProgramSupport
import ProgramSupport
import Testing

@testable import WorkerMonitor

@Suite struct `A log that cannot be written` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    private func creationError(_ path: String) -> JobLogError? {
        #expect(throws: JobLogError.self) { try JobLog(path: path) }
    }

    @Test func `names the file, the reason and what to do`() {
        let error = JobLogError(.write, path: "/logs/7.log", errno: ENOSPC)
        #expect(
            "\(error)" == "the job's log /logs/7.log cannot be written: No space left on device; "
                + "free some space on its file system, or choose another folder for logs"
        )
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG, EIO, EROFS, EACCES, ENOENT, ENOTDIR, EEXIST, EMFILE])
    func `has advice for what commonly happens`(errno: Int32) {
        #expect(JobLogAdvice.advice(errno: errno) != nil)
        #expect("\(JobLogError(.write, path: "log", errno: errno))".contains("; "))
    }

    @Test func `is not made where something is already`() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: self.folder.file("log")))
        let error = self.creationError(self.folder.file("log"))
        #expect(error == JobLogError(.create, path: self.folder.file("log"), errno: EEXIST))
        #expect(try self.folder.text("log") == "old")
    }

    @Test func `is not made where a folder is`() {
        let error = self.creationError(self.folder.path)
        #expect(error?.code == .create)
        #expect(error?.path == self.folder.path)
    }

    @Test func `is not made through a symbolic link`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: self.folder.file("log"),
            withDestinationPath: self.folder.file("target")
        )
        #expect(self.creationError(self.folder.file("log")) != nil)
        #expect(self.folder.names() == ["log"])
    }

    @Test func `is not made in a folder that is not there`() {
        let path = self.folder.file("none/log")
        #expect(self.creationError(path) == JobLogError(.create, path: path, errno: ENOENT))
    }

    @Test func `is not made beside parts of another log`() throws {
        let parts = self.folder.file("log.parts")
        try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: false)
        let error = self.creationError(self.folder.file("log"))
        #expect(error == JobLogError(.create, path: parts, errno: EEXIST))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func `is not made in a folder that one may not write to`() throws {
        chmod(self.folder.path, 0o500)
        let path = self.folder.file("log")
        #expect(self.creationError(path) == JobLogError(.create, path: path, errno: EACCES))
        chmod(self.folder.path, 0o700)
    }

    @Test func `throws what a full device says`() throws {
        let file = try JobLogFile("/dev/full", .assemble, failing: .create)
        let error = #expect(throws: JobLogError.self) {
            try file.write([UInt8]("x".utf8).span.bytes)
        }
        #expect(error == JobLogError(.write, path: "/dev/full", errno: ENOSPC))
        #expect(file.written == 0)
    }

    @Test func `goes on after a signal and after a short write`() {
        var answers = [3, -1, 1, 6]
        var given: [Int] = []
        var progress: Int64 = 0
        let bytes = [UInt8](repeating: 1, count: 10)
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &progress) { rest in
                given.append(rest.count)
                errno = EINTR
                return answers.removeFirst()
            }
        }
        #expect(failure == 0)
        #expect(given == [10, 7, 7, 6])
        #expect(progress == 10)
    }

    @Test(arguments: [(-1, EIO), (-1, EFBIG), (0, EIO)])
    func `stops at an error and counts what came before`(answer: Int, reason: Int32) {
        var answers = [4, answer]
        var progress: Int64 = 0
        let bytes = [UInt8](repeating: 1, count: 10)
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &progress) { _ in
                errno = reason
                return answers.removeFirst()
            }
        }
        #expect(failure == reason)
        #expect(progress == 4)
    }

    @Test func `throws the same for the second part, for ever, and keeps the first half`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        // What stands in the way of the parts comes after the log was made.
        try Data().write(to: URL(fileURLWithPath: self.folder.file("log.parts")))
        let output = JobLogTestOutput.bytes(0..<3000)
        let first = #expect(throws: JobLogError.self) { try log.append(output.span.bytes) }
        let second = #expect(throws: JobLogError.self) { try log.append(output.span.bytes) }
        let third = #expect(throws: JobLogError.self) { try log.note("note") }
        #expect(first?.code == .write)
        #expect(first?.errno == EEXIST)
        #expect(second == first)
        #expect(third == first)
        #expect(log.outputBytes == 1024)
        #expect(log.logBytes == 1024)
        #expect(try self.folder.bytes("log") == JobLogTestOutput.bytes(0..<1024))
    }
}
