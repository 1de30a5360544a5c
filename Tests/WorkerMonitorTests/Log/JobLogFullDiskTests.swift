// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WorkerMonitor

@Suite struct `Log on a full disk` {
    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func
        `every write after the first failure fails too, and the output before it is kept`()
        throws
    {
        let disk = try #require(SmallDisk(kibibytes: 1024))
        let log = try JobLog(path: disk.folder.file("log"))
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        let first = #expect(throws: JobLogError.self) {
            while true { try log.append(chunk.span.bytes) }
        }
        let second = #expect(throws: JobLogError.self) { try log.append(chunk.span.bytes) }
        #expect(first == JobLogError(.write, path: disk.folder.file("log"), errno: ENOSPC))
        #expect(second == first)
        #expect(log.outputBytes == 1024 * 1024)
        #expect(try disk.folder.bytes("log").count == 1024 * 1024)
        try log.close()
        #expect(log.logBytes == 1024 * 1024)
    }

    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func `a log that did not fit can be assembled when there is more space`() throws {
        let disk = try #require(SmallDisk(kibibytes: 640))
        let path = disk.folder.file("log")
        let log = try JobLog(path: path, limit: 512 * 1024)
        let length: Int64 = 2 * 1024 * 1024
        try log.append(JobLogTestOutput.bytes(0..<length).span.bytes)
        let error = #expect(throws: JobLogError.self) { try log.close() }
        #expect(error == JobLogError(.assemble, path: path, errno: ENOSPC))
        #expect(mount("none", disk.folder.path, "tmpfs", UInt(MS_REMOUNT), "size=2m") == 0)
        try JobLog.recover(path)
        #expect(try disk.folder.bytes("log") == JobLogTestOutput.log(of: length, limit: 512 * 1024))
    }
}
