// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing
import WorkerMonitor

@Suite struct `Log in memory` {
    private let log = MemoryJobLog()

    private func write(_ text: String) throws {
        try self.log.append([UInt8](text.utf8).span.bytes)
    }

    @Test func `a log in memory contains the same bytes as a log in a file`() throws {
        try self.write("output")
        try self.log.note("note")
        try self.write("more\n")
        try self.log.note("last")
        #expect(self.log.text == "output\nnote\nmore\nlast\n")
        #expect(self.log.outputBytes == 11)
        #expect(self.log.logBytes == 22)
        #expect(self.log.path == nil)
    }

    @Test func `every write throws the failure that a test has set`() throws {
        let full = JobLogError(.write, path: "log", errno: 28)
        self.log.failure = full
        let error = #expect(throws: JobLogError.self) { try self.write("output") }
        #expect(error == full)
        #expect(self.log.text == "")
    }

    @Test func `a closed log in memory accepts nothing`() {
        #expect(self.log.endWriting() == nil)
        #expect(self.log.isClosed)
        #expect(throws: JobLogError.self) { try self.log.note("late") }
    }
}
