// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Bounded log` {
    private let folder: JobLogFolder

    init() throws {
        self.folder = try JobLogFolder()
    }

    @Test func `a log takes up to an eighth more than its limit on disk at any time`() throws {
        let limit: Int64 = 1024 * 1024
        let log = try JobLog(path: self.folder.file("log"), limit: limit)
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 65_000)
        let total: Int64 = 300 * limit
        var longest: Int64 = 0
        while log.outputBytes < total {
            try log.append(chunk.span.bytes)
            longest = Swift.max(longest, self.folder.length())
        }
        #expect(longest <= limit + limit / 8 + 5 * Int64(JobLogPartHeader.length))
        try log.close()
        #expect(self.folder.names() == ["log"])
        #expect(self.folder.length() == log.logBytes)
        #expect(log.logBytes <= limit + 60)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a closed log consists of the first half, the line about the cut, and the last half`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let limit = Int64.random(in: 512...5000, using: &random) * 2
        let longest = Int64.random(in: 1...6000, using: &random)
        let length = Int64.random(in: 0...limit * 6, using: &random)
        let log = try JobLog(path: self.folder.file("log"), limit: limit)
        while log.outputBytes < length {
            let rest = length - log.outputBytes
            let count = Swift.min(Int64.random(in: 0...longest, using: &random), rest)
            let chunk = JobLogTestOutput.bytes(log.outputBytes..<log.outputBytes + count)
            try log.append(chunk.span.bytes)
        }
        try log.close()
        let bytes = try self.folder.bytes("log")
        #expect(bytes == JobLogTestOutput.log(of: length, limit: Swift.max(limit, 1024)))
        #expect(log.logBytes == Int64(bytes.count))
        #expect(self.folder.names() == ["log"])
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `recovery produces the same log, whenever the writer is killed`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let limit = Int64.random(in: 512...2000, using: &random) * 2
        let length = Int64.random(in: 0...limit * 4, using: &random)
        let log = try JobLog(path: self.folder.file("log"), limit: limit)
        while log.outputBytes < length {
            let rest = length - log.outputBytes
            let count = Swift.min(Int64.random(in: 1...700, using: &random), rest)
            let chunk = JobLogTestOutput.bytes(log.outputBytes..<log.outputBytes + count)
            try log.append(chunk.span.bytes)
        }
        let left = try self.folder.snapshot()
        let recovered = try JobLog.recover(left.file("log"))
        let bytes = try left.bytes("log")
        #expect(bytes == JobLogTestOutput.log(of: length, limit: limit))
        #expect(recovered == Int64(bytes.count))
        #expect(left.names() == ["log"])
        #expect(try JobLog.recover(left.file("log")) == recovered)
    }
}
