// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `Log with timestamps` {
    /// A log with timestamps over a log in memory, and a clock that the test sets.
    private final class Scene {
        let memory = MemoryJobLog()
        var milliseconds: Int64 = 0
        lazy var log = TimestampedLog(self.memory) { [unowned self] in self.milliseconds * 1000 }

        func write(_ text: String, at milliseconds: Int64) throws {
            self.milliseconds = milliseconds
            try self.log.append([UInt8](text.utf8).span.bytes)
        }

        /// The content of the log, with the seconds alone in place of each time.
        var text: String {
            self.memory.text.replacing("1970-01-01T00:00:0", with: "<").replacing("Z ", with: ">")
        }
    }

    private let scene = Scene()

    @Test func `each line begins with the time of its first byte`() throws {
        try self.scene.write("one\ntw", at: 1)
        try self.scene.write("o", at: 2)
        try self.scene.write("\nthree\n", at: 3)
        #expect(self.scene.text == "<0.001>one\n<0.001>two\n<0.003>three\n")
        #expect(self.scene.log.outputBytes == 14)
        #expect(self.scene.log.logBytes == self.scene.memory.logBytes)
    }

    @Test func `an empty line has a time`() throws {
        try self.scene.write("\n\n", at: 1)
        #expect(self.scene.text == "<0.001>\n<0.001>\n")
    }

    @Test func `each state of a progress bar has its own time`() throws {
        try self.scene.write("10%\r20", at: 1)
        try self.scene.write("%\r", at: 2)
        try self.scene.write("30%\n", at: 3)
        #expect(self.scene.text == "<0.001>10%\r<0.001>20%\r<0.003>30%\n")
    }

    @Test func `a carriage return before a line feed does not begin a line`() throws {
        try self.scene.write("one\r", at: 1)
        try self.scene.write("\r", at: 2)
        try self.scene.write("\ntwo\r\n", at: 3)
        #expect(self.scene.text == "<0.001>one\r\r\n<0.003>two\r\n")
    }

    @Test func `bytes that are not text are logged unchanged`() throws {
        self.scene.milliseconds = 1
        let output: [UInt8] = [0xFF, 0x00, 0x1B, 0x0A, 0xE2]
        try self.scene.log.append(output.span.bytes)
        let time = [UInt8]("1970-01-01T00:00:00.001Z ".utf8)
        #expect(self.scene.memory.bytes == time + [0xFF, 0x00, 0x1B, 0x0A] + time + [0xE2])
    }

    @Test func `each line of a note begins with the time, and so does the output after it`() throws
    {
        try self.scene.write("unfinished", at: 1)
        self.scene.milliseconds = 2
        try self.scene.log.note("Import failed\nbecause\n")
        try self.scene.write("more", at: 3)
        #expect(
            self.scene.text
                == "<0.001>unfinished\n<0.002>Import failed\n<0.002>because\n<0.003>more"
        )
    }

    @Test func `a failure of the log below is passed on`() {
        let full = JobLogError(.write, path: "log", errno: 28)
        self.scene.memory.failure = full
        let error = #expect(throws: JobLogError.self) { try self.scene.write("x", at: 1) }
        #expect(error == full)
        #expect(self.scene.log.outputBytes == 0)
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z "),
        (1_795_853_437_083_999, "2026-11-28T08:10:37.083Z "),
        (951_827_696_000_000, "2000-02-29T12:34:56.000Z "),
    ])
    func `the time is in UTC with milliseconds`(microseconds: Int64, text: String) {
        #expect(String(decoding: TimestampedLog.text(microseconds), as: UTF8.self) == text)
    }
}
