// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

/// The ways to copy the bytes that a hook receives.
@Suite(.timeLimit(.minutes(5))) struct `Received bytes` {
    private final class Collector: ProcessProtocol {
        var array: [UInt8] = []
        var contiguous = ContiguousArray<UInt8>()
        var chunks: [[UInt8]] = []
        var text = ""
        var end: ProcessEnd?

        override func outReceived(_ data: RawSpan) {
            self.array.append(contentsOf: data)
            self.contiguous.append(contentsOf: data)
            self.chunks.append(Array(data))
            self.text += String(decoding: data, as: UTF8.self)
        }

        override func processEnded(_ end: ProcessEnd) { self.end = end }
    }

    @Test(arguments: ProcessKind.allCases)
    func `output can be copied to an array and to a string`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = Collector()
            try reactor.spawn(child, [.out("grüße"), .wait(milliseconds: 20), .out("!")])
            reactor.turn(until: { child.end != nil })
            #expect(child.array == Array("grüße!".utf8))
            #expect(Array(child.contiguous) == child.array)
            #expect(child.chunks.flatMap(\.self) == child.array)
            #expect(child.text == "grüße!")
        }
    }

    @Test func `invalid bytes become replacement characters in a string`() {
        let bytes: [UInt8] = [0x61, 0xFF, 0x62]
        #expect(String(decoding: bytes.span.bytes, as: UTF8.self) == "a\u{FFFD}b")
        #expect(Array(bytes.span.bytes) == bytes)
        #expect(Array([UInt8]().span.bytes) == [])
    }

    @Test(arguments: ProcessKind.allCases)
    func `a text can be written to a child`(kind: ProcessKind) throws {
        try kind.withReactor { reactor in
            let child = Collector()
            let transport = try reactor.spawn(child, [.cat])
            #expect(transport.write("grüße") == .accepted)
            transport.closeStdin()
            reactor.turn(until: { child.end != nil })
            #expect(child.text == "grüße")
        }
    }
}
