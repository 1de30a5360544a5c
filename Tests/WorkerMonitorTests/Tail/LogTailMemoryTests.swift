// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import WorkerMonitor

@Suite struct `Memory of a tail` {
    private static func line(_ length: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "x"), count: length - 1) + [UInt8(ascii: "\n")]
    }

    @Test func `a tail without output has no buffer`() {
        #expect(LogTail().buffer.isEmpty)
    }

    @Test(arguments: [1, 3, 64, 80])
    func `the buffer is one kilobyte for lines of usual length`(length: Int) {
        var tail = LogTail()
        for _ in 0..<10_000 { tail.append(Self.line(length)) }
        #expect(tail.buffer.count == 1024)
    }

    @Test func `the buffer does not depend on the size of the chunks`() {
        var tail = LogTail()
        let flood = [UInt8]((0..<1000).flatMap { _ in Self.line(64) })
        for _ in 0..<10 { tail.append(flood) }
        #expect(tail.buffer.count == 1024)
    }

    @Test(arguments: [1, 255, 8192])
    func `the buffer is four times the limit for one endless line`(limit: Int) {
        var tail = LogTail(limit: limit)
        for _ in 0..<10_000 { tail.append([UInt8]("no end ".utf8)) }
        #expect(tail.buffer.count == 4 * limit)
    }

    /// Returns the expected text, computed from a window of four times the limit instead of
    /// the buffer.
    private static func text(of output: [UInt8], limit: Int) -> String {
        let window = output.suffix(4 * limit)
        let pieces = LogTail.lastPieces(of: window)
        let isCut = window.count < output.count && pieces.startIndex == window.startIndex
        return TailText.derive(from: pieces, startIsCut: isCut, limit: limit)
    }

    private static func randomChunk(_ random: inout SeededGenerator) -> [UInt8] {
        let longest = [3, 50, 500, 5000].randomElement(using: &random) ?? 1
        let everyLine = [2, 20, 200, 2000].randomElement(using: &random) ?? 1
        return (0..<Int.random(in: 0...longest, using: &random)).map { _ in
            if Int.random(in: 0..<everyLine, using: &random) == 0 { return UInt8(ascii: "\n") }
            return UInt8.random(in: 0x1B...0x9F, using: &random)
        }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `the buffer keeps all bytes that the last five pieces in the window need`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limit = [1, 7, 300, 1000].randomElement(using: &random) ?? 1
        var tail = LogTail(limit: limit)
        var output: [UInt8] = []
        for _ in 0..<50 {
            let chunk = Self.randomChunk(&random)
            output += chunk
            tail.append(chunk)
            let expected = Self.text(of: output, limit: limit)
            guard tail.text() == expected else {
                Issue.record("The text is wrong after \(output.count) bytes.")
                return
            }
        }
        #expect(tail.buffer.count <= 4 * limit)
    }
}
