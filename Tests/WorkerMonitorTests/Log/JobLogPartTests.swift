// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WorkerMonitor

@Suite struct `Parts of a log` {
    @Test func `an encoded header can be decoded`() {
        let header = JobLogPartHeader(fileLength: 1_234, half: 1_000, offset: .max / 10_000)
        #expect(header.encoded.count == JobLogPartHeader.length)
        #expect(JobLogPartHeader(decoding: header.encoded) == header)
    }

    @Test func `an incomplete or foreign header is not decoded`() {
        let header = JobLogPartHeader(fileLength: 1_234, half: 1_000, offset: 1_000).encoded
        for length in 0..<header.count {
            #expect(JobLogPartHeader(decoding: [UInt8](header.prefix(length))) == nil)
        }
        let other = [UInt8](repeating: UInt8(ascii: "7"), count: JobLogPartHeader.length)
        #expect(JobLogPartHeader(decoding: other) == nil)
    }

    @Test func `encoded notes can be decoded`() {
        let notes = [
            JobLogNote(offset: 0, text: [UInt8]("one\n".utf8)),
            JobLogNote(offset: 99, text: [UInt8]("\ntwo\nlines\n".utf8)),
        ]
        #expect(JobLogNote.decode(notes.flatMap(\.encoded)) == notes)
        #expect(JobLogNote.decode([UInt8]("garbage".utf8)) == [])
        #expect(JobLogNote.decode([UInt8](String(repeating: "x", count: 99).utf8)) == [])
    }

    @Test func `the plan adds all parts when nothing is cut`() {
        let note = JobLogNote(offset: 120, text: [])
        let plan = JobLogPlan(available: 100..<150, half: 100, notes: [note])
        #expect(plan.steps == [.output(100..<120), .note(note), .output(120..<150)])
    }

    @Test func `the plan adds the newest half and all notes when output is cut`() {
        let notes = [150, 260, 400].map { JobLogNote(offset: $0, text: []) }
        let plan = JobLogPlan(available: 200..<350, half: 100, notes: notes)
        #expect(
            plan.steps == [
                .note(notes[0]), .cut(150), .output(250..<260), .note(notes[1]),
                .output(260..<350), .note(notes[2]),
            ]
        )
    }

    @Test(arguments: [
        (Int64(1), "1 byte"), (999, "999 bytes"), (1023, "1,023 bytes"),
        (1024, "1.0 KiB (1,024 bytes)"), (1_048_575, "1023.9 KiB (1,048,575 bytes)"),
        (1_048_576, "1.0 MiB (1,048,576 bytes)"),
        (1_288_490_189, "1.2 GiB (1,288,490,189 bytes)"),
        (.max, "8388607.9 TiB (9,223,372,036,854,775,807 bytes)"),
    ])
    func `the line about a cut states the size in a readable unit and in bytes`(
        bytes: Int64,
        size: String
    ) {
        #expect(JobLogCut.line(bytes: bytes) == "[... \(size) cut ...]\n")
    }
}
