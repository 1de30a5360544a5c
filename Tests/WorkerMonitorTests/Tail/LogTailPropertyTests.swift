// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Properties of a tail` {
    private static let fragments: [[UInt8]] =
        [
            "\n", "\r", "\r\n", "\u{8}", "\t", "word", "é", "😀", "\u{1B}", "\u{1B}[", "\u{1B}[31m",
            "\u{1B}[K", "\u{1B}[2K", "\u{1B}[7G", "\u{1B}]0;t\u{7}", "\u{1B}]", "\u{1B}\\",
            "\u{1B}(B",
            "\u{7F}", "\u{85}", "\u{9B}", "\u{0}", "\u{FFFF}",
        ].map { [UInt8]($0.utf8) } + [[0xFF], [0xC3], [0xF0, 0x9F], [0xED, 0xA0, 0x80], [0x80]]

    private func randomOutput(_ random: inout SeededGenerator) -> [UInt8] {
        var output: [UInt8] = []
        for _ in 0..<Int.random(in: 0...200, using: &random) {
            if Bool.random(using: &random) {
                output += Self.fragments.randomElement(using: &random) ?? []
            } else {
                output.append(UInt8.random(in: 0...255, using: &random))
            }
        }
        return output
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `the text depends on the bytes and not on the chunks`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let output = self.randomOutput(&random)
        var whole = LogTail(limit: 50)
        whole.append(output)
        var chunked = LogTail(limit: 50)
        var rest = output[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...Swift.min(rest.count, 40), using: &random)
            chunked.append([UInt8](rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(chunked.text() == whole.text())
        #expect(chunked.byteCount == output.count)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `the text keeps its limits and contains no control characters`(
        seed: UInt64
    ) {
        var random = SeededGenerator(seed: seed)
        var tail = LogTail(limit: Int.random(in: 1...120, using: &random))
        for _ in 0..<10 {
            tail.append(self.randomOutput(&random))
            let text = tail.text()
            #expect(text.utf8.count <= tail.limit)
            #expect(String(validating: text.utf8, as: UTF8.self) == text)
            #expect(text.unicodeScalars.count { $0 == "\n" } <= 4)
            let forbidden = text.unicodeScalars.filter {
                $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
            }
            #expect(forbidden.isEmpty)
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `the text of plain lines consists of the last five pieces`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var tail = LogTail()
        var all = ""
        for _ in 0..<50 {
            let piece = ["\n", "a", "bc\n", "line\n", ""].randomElement(using: &random) ?? ""
            all += piece
            tail.append([UInt8](piece.utf8))
        }
        let pieces = all.split(separator: "\n", omittingEmptySubsequences: false).suffix(5)
        #expect(tail.text() == pieces.joined(separator: "\n"))
    }
}
