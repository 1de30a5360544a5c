// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `Last five pieces` {
    /// The next chunk of output, and the last five pieces and the text after it.
    private static let rows: [(output: String, raw: String, text: String)] = [
        ("a\nb\nc\n", "a\nb\nc\n", "a\nb\nc\n"),
        ("d\ne\nf\n", "c\nd\ne\nf\n", "c\nd\ne\nf\n"),
        ("g", "c\nd\ne\nf\ng", "c\nd\ne\nf\ng"),
        ("h", "c\nd\ne\nf\ngh", "c\nd\ne\nf\ngh"),
        ("\n", "d\ne\nf\ngh\n", "d\ne\nf\ngh\n"),
        ("\n", "e\nf\ngh\n\n", "e\nf\ngh\n\n"),
        ("\n\n\n\n", "\n\n\n\n", "\n\n\n\n"),
        ("x\r\ny\r\n", "\n\nx\r\ny\r\n", "\n\nx\ny\n"),
        ("10%\r20%\r", "\n\nx\r\ny\r\n10%\r20%\r", "\n\nx\ny\n20%"),
    ]

    private func lastPieces(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](LogTail.lastPieces(of: bytes[...]))
    }

    @Test func `the pieces and the text after each chunk are those of Launchpad's monitor`() {
        var tail = LogTail()
        var all: [UInt8] = []
        for row in Self.rows {
            all += row.output.utf8
            tail.append([UInt8](row.output.utf8))
            #expect(self.lastPieces(all) == [UInt8](row.raw.utf8))
            #expect(tail.text() == row.text)
        }
    }

    @Test
    func `the pieces are the same if they are computed from the previous five and the next chunk`()
    {
        var raw: [UInt8] = []
        for row in Self.rows {
            raw = self.lastPieces(raw + row.output.utf8)
            #expect(raw == [UInt8](row.raw.utf8))
        }
    }

    @Test func `five pieces without a final line feed are all kept`() {
        #expect(self.lastPieces([UInt8]("1\n2\n3\n4\n5".utf8)) == [UInt8]("1\n2\n3\n4\n5".utf8))
    }

    @Test func `empty output has no pieces`() {
        #expect(self.lastPieces([]) == [])
    }
}
