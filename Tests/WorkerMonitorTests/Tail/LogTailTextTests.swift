// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `Text of a tail` {
    /// Returns the text of a tail after this output.
    private func text(_ output: String, limit: Int = LogTail.defaultLimit) -> String {
        var tail = LogTail(limit: limit)
        tail.append([UInt8](output.utf8))
        return tail.text()
    }

    @Test(arguments: [
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("10%\r20%", "20%"),
        ("10%\r20%\r", "20%"),
        ("long line\rshort", "shortline"),
        ("same\r\r\n", "same\n"),
        ("abc\u{8}\u{8}X", "aXc"),
        ("a\u{8}\u{8}\u{8}b", "b"),
        ("abc\u{8} \u{8}", "ab "),
        ("a\rb\nc\rd", "b\nd"),
    ])
    func `a character overwrites what a terminal would overwrite`(output: String, shown: String) {
        #expect(self.text(output) == shown)
    }

    @Test(arguments: [
        ("counting 100\r\u{1B}[Kdone", "done"),
        ("abcdef\u{1B}[3G\u{1B}[0Kx", "abx"),
        ("100%\u{1B}[2K\r5%", "5%"),
        ("100%\u{1B}[2K\u{1B}[1G5%", "5%"),
        ("100%\u{1B}[2Kx", "    x"),
        ("abcdef\u{1B}[3G\u{1B}[1K", "   def"),
        ("abc\u{1B}[99999999999999999999Gd", "abcd"),
        ("abc\u{1B}[?2K\u{1B}[1;2K\u{1B}[5K", "abc"),
    ])
    func `a sequence erases and moves within the line as progress bars need it`(
        output: String,
        shown: String
    ) {
        #expect(self.text(output) == shown)
    }

    @Test(arguments: [
        "\u{1B}[31mred\u{1B}[0m", "\u{1B}[1;38;2;10;20;30mred", "r\u{1B}[?25hed", "re\u{1B}[2Jd",
        "\u{1B}]0;title\u{7}red", "\u{1B}]8;;http://x/\u{1B}\\red\u{1B}]8;;\u{1B}\\",
        "\u{1B}Pq#0;2;0\u{1B}\\red", "\u{1B}ktitle\u{1B}\\red", "\u{1B}_a\u{1B}\\red",
        "\u{1B}(Bred", "\u{1B})0red", "\u{1B}7red\u{1B}8", "\u{1B}cred", "\u{1B}#8red",
        "\u{1B}%Gred",
        "\u{1B}\u{1B}[0mred", "\u{1B}[1\u{18}red", "\u{1B}]0;t\u{1A}red", "\u{1B}]0;\u{1B}[1mred",
    ])
    func `an escape sequence leaves nothing in the text`(output: String) {
        #expect(self.text(output) == "red")
    }

    @Test(arguments: [
        "\u{1B}", "\u{1B}[", "\u{1B}[31", "\u{1B}[?2", "\u{1B}(", "\u{1B}]0;ti", "\u{1B}]0;\u{1B}",
    ])
    func `an incomplete sequence at the end is not shown`(begun: String) {
        #expect(self.text("red" + begun) == "red")
    }

    @Test(arguments: ["\u{1B}", "\u{1B}[31", "\u{1B}(", "\u{1B}]0;title"])
    func `a broken sequence ends with its line`(broken: String) {
        #expect(self.text("a" + broken + "\nred") == "a\nred")
    }

    @Test func `a control string without an end does not hide the output forever`() {
        let text = self.text("\u{1B}]0;" + String(repeating: "x", count: 6000))
        #expect(text.utf8.count > 1800)
    }

    @Test(arguments: [
        "\u{1B}[31;1m", "\u{1B}[0;38;2;100;100;100m", "\u{1B}(B", "\u{1B}]0;a title\u{7}",
        "\u{1B}]8;;http://host/é\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\",
    ])
    func `a sequence whose start is cut off leaves nothing in the text`(sequence: String) {
        let room = 4 * 64
        for cut in 1..<sequence.utf8.count {
            var tail = LogTail(limit: 64)
            let kept = sequence.utf8.count - cut
            tail.append([UInt8](sequence.utf8))
            // The carriage return makes any rest of the sequence appear after "ok".
            let rest = "\r\u{1B}[32mok" + String(repeating: "\u{1B}[m", count: 100)
            tail.append([UInt8](rest.utf8.prefix(room - kept - 3)))
            tail.append([UInt8]("\u{1B}[m".utf8))
            #expect(tail.text() == "ok", "cut after \(cut) bytes")
        }
    }

    @Test func `the text contains no control characters except TAB and LF`() {
        let controls = String(String.UnicodeScalarView((0...0x9F).compactMap(Unicode.Scalar.init)))
        let shown = self.text("<" + controls.filter { !"\u{8}\n\r\u{1B}".contains($0) } + ">")
        let printable = String(
            String.UnicodeScalarView((0x20...0x7E).compactMap(Unicode.Scalar.init))
        )
        #expect(shown == "<\t" + printable + ">")
    }

    @Test
    func `a control character that is a damaged quotation mark does not hide the text after it`() {
        #expect(self.text("a \u{9D}quote\u{9B}31m") == "a quote31m")
    }

    @Test func `a scalar that XML forbids is replaced`() {
        #expect(self.text("\u{FFFE}\u{FFFF}") == "\u{FFFD}\u{FFFD}")
    }
}
