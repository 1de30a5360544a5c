// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `The tail of a log` {
    /// A tail that was fed these pieces, in this order.
    private func tail(_ chunks: String..., limit: Int = LogTail.defaultLimit) -> LogTail {
        var tail = LogTail(limit: limit)
        for chunk in chunks { tail.append([UInt8](chunk.utf8)) }
        return tail
    }

    @Test func `is empty before any output`() {
        #expect(LogTail().text() == "")
        #expect(LogTail().byteCount == 0)
    }

    @Test func `keeps four whole lines of three and three`() {
        let first = self.tail("line 1\nline 2\nline 3\n")
        #expect(first.text() == "line 1\nline 2\nline 3\n")
        let second = self.tail("line 1\nline 2\nline 3\n", "line 4\nline 5\nline 6\n")
        #expect(second.text() == "line 3\nline 4\nline 5\nline 6\n")
    }

    @Test func `takes the same bytes from a span as from an array`() {
        var tail = LogTail()
        let bytes = [UInt8]("a\nb".utf8)
        tail.append(bytes.span.bytes)
        tail.append(bytes)
        #expect(tail.text() == "a\nba\nb")
        #expect(tail.byteCount == 6)
    }

    @Test func `is not changed by an empty chunk`() {
        #expect(self.tail("a\nb", "", "").text() == "a\nb")
    }

    @Test func `shows the newest part of a single endless line`() {
        var tail = LogTail(limit: 100)
        for number in 0..<10_000 { tail.append([UInt8]("\(number) ".utf8)) }
        #expect(tail.text().utf8.count == 100)
        #expect(tail.text().hasSuffix(" 9997 9998 9999 "))
    }

    @Test func `leaves out the oldest characters whole when the limit cuts`() {
        let text = self.tail("aéééé", limit: 4).text()
        #expect(text == "éé")
        #expect(self.tail("éééé", limit: 5).text() == "éé")
        #expect(self.tail("😀😀", limit: 3).text() == "")
    }

    @Test func `cuts into older lines when the limit cuts`() {
        #expect(self.tail("old line\nnew\n", limit: 9).text() == "line\nnew\n")
    }

    @Test func `holds back a character until all of it has come`() {
        var tail = LogTail()
        for (byte, text) in zip(Array("€😀".utf8), ["", "", "€", "€", "€", "€", "€😀"]) {
            tail.append([byte])
            #expect(tail.text() == text)
        }
    }

    @Test func `shows what is no character as replaced`() {
        var tail = LogTail()
        tail.append([0x61, 0xFF, 0x62, 0xC3, 0x28, 0xED, 0xA0, 0x80])
        #expect(tail.text() == "a\u{FFFD}b\u{FFFD}(\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: 0..<4)
    func `drops what is left of a character that the window's start cut`(shift: Int) {
        var tail = LogTail(limit: 16)
        tail.append([UInt8](String(repeating: "😀", count: 40).utf8))
        tail.append([UInt8](String(repeating: "x", count: shift).utf8))
        let expected =
            String(repeating: "😀", count: shift == 0 ? 4 : 3) + String(repeating: "x", count: shift)
        #expect(tail.text() == expected)
    }

    @Test func `shows a progress bar of many states as its last state`() {
        var tail = LogTail()
        tail.append([UInt8]("cloning\n".utf8))
        for percent in 0...100 { tail.append([UInt8]("\r\(percent)% done".utf8)) }
        #expect(tail.text() == "cloning\n100% done")
    }

    @Test func `shows newer lines where older ones left the window`() {
        var tail = LogTail(limit: 32)
        tail.append([UInt8]("old\n".utf8))
        for _ in 0..<100 { tail.append([UInt8]("\r\u{1B}[32m50%\u{1B}[0m".utf8)) }
        tail.append([UInt8]("\nnew\n".utf8))
        #expect(tail.text() == "50%\nnew\n")
    }
}
