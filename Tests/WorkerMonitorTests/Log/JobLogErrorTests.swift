// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProgramSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Log that cannot be written` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    private func creationError(_ path: String) -> JobLogError? {
        #expect(throws: JobLogError.self) { try JobLog(path: path) }
    }

    @Test func `the error names the file, the reason and the remedy`() {
        let error = JobLogError(.write, path: "/logs/7.log", errno: ENOSPC)
        #expect(
            "\(error)" == "The job's log /logs/7.log cannot be written: No space left on device. "
                + "Free some space on its file system, or choose another folder for logs."
        )
    }

    @Test(arguments: [ENOSPC, EDQUOT, EFBIG, EIO, EROFS, EACCES, ENOENT, ENOTDIR, EEXIST, EMFILE])
    func `the error gives advice for each common reason`(errno: Int32) throws {
        let advice = try #require(JobLogError.advice(errno: errno))
        #expect("\(JobLogError(.write, path: "log", errno: errno))".hasSuffix(". \(advice)"))
    }

    @Test func `a log does not replace an existing file`() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: self.folder.file("log")))
        let error = self.creationError(self.folder.file("log"))
        #expect(error == JobLogError(.create, path: self.folder.file("log"), errno: EEXIST))
        #expect(try self.folder.text("log") == "old")
    }

    @Test func `a log does not replace a folder`() {
        let error = self.creationError(self.folder.path)
        #expect(error?.code == .create)
        #expect(error?.path == self.folder.path)
    }

    @Test func `a log is not created through a symbolic link`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: self.folder.file("log"),
            withDestinationPath: self.folder.file("target")
        )
        #expect(self.creationError(self.folder.file("log")) != nil)
        #expect(self.folder.names() == ["log"])
    }

    @Test func `a log is not created in a folder that does not exist`() {
        let path = self.folder.file("none/log")
        #expect(self.creationError(path) == JobLogError(.create, path: path, errno: ENOENT))
    }

    @Test func `a log is not created beside the parts of another log`() throws {
        let parts = self.folder.file("log.parts")
        try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: false)
        let error = self.creationError(self.folder.file("log"))
        #expect(error == JobLogError(.create, path: parts, errno: EEXIST))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func `a log is not created in a folder that is not writable`() throws {
        chmod(self.folder.path, 0o500)
        let path = self.folder.file("log")
        #expect(self.creationError(path) == JobLogError(.create, path: path, errno: EACCES))
        chmod(self.folder.path, 0o700)
    }

    @Test func `a full device is reported with its error number`() throws {
        let file = try JobLogFile("/dev/full", .assemble, orThrow: .create)
        let error = #expect(throws: JobLogError.self) {
            try file.write([UInt8]("x".utf8).span.bytes)
        }
        #expect(error == JobLogError(.write, path: "/dev/full", errno: ENOSPC))
        #expect(file.written == 0)
    }

    @Test func `a write continues after an interruption and after a short write`() {
        var results = [3, -1, 1, 6]
        var requested: [Int] = []
        var progress: Int64 = 0
        let bytes = [UInt8](repeating: 1, count: 10)
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &progress) { rest in
                requested.append(rest.count)
                errno = EINTR
                return results.removeFirst()
            }
        }
        #expect(failure == 0)
        #expect(requested == [10, 7, 7, 6])
        #expect(progress == 10)
    }

    @Test(arguments: [(-1, EIO), (-1, EFBIG), (0, EIO)])
    func `a failed write reports the bytes before the error`(result: Int, reason: Int32) {
        var results = [4, result]
        var progress: Int64 = 0
        let bytes = [UInt8](repeating: 1, count: 10)
        let failure = bytes.withUnsafeBytes { bytes in
            writeAll(bytes, counting: &progress) { _ in
                errno = reason
                return results.removeFirst()
            }
        }
        #expect(failure == reason)
        #expect(progress == 4)
    }

    @Test func `a failure to create the parts is permanent, and the first half is kept`() throws {
        let log = try JobLog(path: self.folder.file("log"), limit: 2048)
        // A file in the way of the folder of parts, created after the log.
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
