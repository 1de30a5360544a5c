// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `Log tail` {
    /// Returns a tail after these chunks.
    private func tail(_ chunks: String..., limit: Int = LogTail.defaultLimit) -> LogTail {
        var tail = LogTail(limit: limit)
        for chunk in chunks { tail.append([UInt8](chunk.utf8)) }
        return tail
    }

    @Test func `a tail without output has an empty text`() {
        #expect(LogTail().text() == "")
        #expect(LogTail().byteCount == 0)
    }

    @Test func `four complete lines are kept of two chunks of three lines`() {
        let first = self.tail("line 1\nline 2\nline 3\n")
        #expect(first.text() == "line 1\nline 2\nline 3\n")
        let second = self.tail("line 1\nline 2\nline 3\n", "line 4\nline 5\nline 6\n")
        #expect(second.text() == "line 3\nline 4\nline 5\nline 6\n")
    }

    @Test func `a span and an array with the same bytes have the same effect`() {
        var tail = LogTail()
        let bytes = [UInt8]("a\nb".utf8)
        tail.append(bytes.span.bytes)
        tail.append(bytes)
        #expect(tail.text() == "a\nba\nb")
        #expect(tail.byteCount == 6)
    }

    @Test func `an empty chunk changes nothing`() {
        #expect(self.tail("a\nb", "", "").text() == "a\nb")
    }

    @Test func `the newest part of an endless line is shown`() {
        var tail = LogTail(limit: 100)
        for number in 0..<10_000 { tail.append([UInt8]("\(number) ".utf8)) }
        #expect(tail.text().utf8.count == 100)
        #expect(tail.text().hasSuffix(" 9997 9998 9999 "))
    }

    @Test func `the limit removes the oldest characters completely`() {
        let text = self.tail("aéééé", limit: 4).text()
        #expect(text == "éé")
        #expect(self.tail("éééé", limit: 5).text() == "éé")
        #expect(self.tail("😀😀", limit: 3).text() == "")
    }

    @Test func `the limit may remove the start of a line`() {
        #expect(self.tail("old line\nnew\n", limit: 9).text() == "line\nnew\n")
    }

    @Test func `a character is shown once it is complete`() {
        var tail = LogTail()
        for (byte, text) in zip(Array("€😀".utf8), ["", "", "€", "€", "€", "€", "€😀"]) {
            tail.append([byte])
            #expect(tail.text() == text)
        }
    }

    @Test func `an invalid sequence is shown as a replacement character`() {
        var tail = LogTail()
        tail.append([0x61, 0xFF, 0x62, 0xC3, 0x28, 0xED, 0xA0, 0x80])
        #expect(tail.text() == "a\u{FFFD}b\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: 0..<4)
    func `a character that is cut at the start of the window is not shown`(shift: Int) {
        var tail = LogTail(limit: 16)
        tail.append([UInt8](String(repeating: "😀", count: 40).utf8))
        tail.append([UInt8](String(repeating: "x", count: shift).utf8))
        let expected =
            String(repeating: "😀", count: shift == 0 ? 4 : 3) + String(repeating: "x", count: shift)
        #expect(tail.text() == expected)
    }

    @Test func `a progress bar is shown in its last state`() {
        var tail = LogTail()
        tail.append([UInt8]("cloning\n".utf8))
        for percent in 0...100 { tail.append([UInt8]("\r\(percent)% done".utf8)) }
        #expect(tail.text() == "cloning\n100% done")
    }

    @Test func `newer lines are shown after older ones have left the window`() {
        var tail = LogTail(limit: 32)
        tail.append([UInt8]("old\n".utf8))
        for _ in 0..<100 { tail.append([UInt8]("\r\u{1B}[32m50%\u{1B}[0m".utf8)) }
        tail.append([UInt8]("\nnew\n".utf8))
        #expect(tail.text() == "50%\nnew\n")
    }
}
