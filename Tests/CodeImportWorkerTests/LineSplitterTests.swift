// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Line splitter` {
    private func lines(_ pieces: String...) -> [OutputLine] {
        var splitter = LineSplitter()
        var lines: [OutputLine] = []
        for piece in pieces { lines += splitter.take(piece.utf8Span.span.bytes) }
        return lines + [splitter.finish()].compactMap(\.self)
    }

    @Test func `a line ends at LF, and an update at CR`() {
        #expect(
            self.lines("a 1%\ra 2%\ra done.\n") == [
                OutputLine(text: "a 1%", isUpdate: true), OutputLine(text: "a 2%", isUpdate: true),
                OutputLine(text: "a done."),
            ]
        )
    }

    @Test func `CR LF ends one line, however it is divided into chunks`() {
        let expected = [OutputLine(text: "ssh: no"), OutputLine(text: "x")]
        #expect(self.lines("ssh: no\r\nx\n") == expected)
        #expect(self.lines("ssh: no\r", "\nx", "\n") == expected)
    }

    @Test func `the last line does not need a line end`() {
        #expect(self.lines("a\nb") == [OutputLine(text: "a"), OutputLine(text: "b")])
        #expect(self.lines("a\r") == [OutputLine(text: "a", isUpdate: true)])
        #expect(self.lines("").isEmpty)
    }

    @Test func `control characters and white space at the end are removed`() {
        #expect(
            self.lines("remote: \u{1B}[31mred\u{7}        \n") == [
                OutputLine(text: "remote: [31mred")
            ]
        )
    }

    @Test func `a character that arrives in two chunks stays intact`() {
        var splitter = LineSplitter()
        let bytes: [UInt8] = Array("é\n".utf8)
        let whole = bytes.span.bytes
        let first = splitter.take(whole.extracting(first: 1))
        let second = splitter.take(whole.extracting(droppingFirst: 1))
        #expect(first.isEmpty && second == [OutputLine(text: "é")])
    }

    @Test func `a line longer than the limit is truncated`() {
        let long = String(repeating: "x", count: LineSplitter.longest)
        #expect(self.lines(long, long, "\nnext\n").map(\.text) == [long, "next"])
    }
}
