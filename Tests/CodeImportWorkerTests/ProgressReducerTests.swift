// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Progress reducer` {
    private var reducer = ProgressReducer()

    private mutating func update(_ text: String, _ milliseconds: Int) -> [String] {
        self.reducer.take(OutputLine(text: text, isUpdate: true), at: .milliseconds(milliseconds))
    }

    private mutating func line(_ text: String, _ milliseconds: Int) -> [String] {
        self.reducer.take(OutputLine(text: text), at: .milliseconds(milliseconds))
    }

    @Test mutating func `a phase prints its first update, then one per second, then its end`() {
        #expect(
            self.update("Receiving objects:   1% (1/100)", 0) == ["Receiving objects:   1% (1/100)"]
        )
        #expect(self.update("Receiving objects:   2% (2/100)", 999).isEmpty)
        #expect(
            self.update("Receiving objects:   9% (9/100)", 1000) == [
                "Receiving objects:   9% (9/100)"
            ]
        )
        #expect(self.update("Receiving objects: 100% (100/100)", 1001).isEmpty)
        #expect(
            self.line("Receiving objects: 100% (100/100), done.", 1002)
                == ["Receiving objects: 100% (100/100), done."]
        )
        #expect(self.reducer.finish().isEmpty)
    }

    @Test mutating func `overlapping phases are limited separately`() {
        #expect(self.update("remote: Counting objects:   1% (1/9)", 0).count == 1)
        #expect(self.update("Receiving objects:   1% (1/9)", 10).count == 1)
        #expect(self.update("remote: Counting objects:  50% (5/9)", 20).isEmpty)
        #expect(self.line("remote: Total 9", 30) == ["remote: Total 9"])
        #expect(self.update("Receiving objects:  60% (6/9)", 1010).count == 1)
    }

    @Test mutating func `an interrupted phase prints its last update at the end`() {
        _ = self.update("Receiving objects:   1% (1/9)", 0)
        _ = self.update("Receiving objects:  40% (4/9)", 10)
        #expect(self.reducer.finish() == ["Receiving objects:  40% (4/9)"])
        #expect(self.reducer.finish().isEmpty)
    }

    @Test mutating func `lines are printed, but not empty ones`() {
        #expect(self.line("fatal: no", 0) == ["fatal: no"])
        #expect(self.line("", 0).isEmpty)
        #expect(self.update("", 0).isEmpty)
    }

    @Test mutating func `any number of phases takes a limited amount of memory`() {
        for number in 0..<1000 {
            let name = String(repeating: "x", count: number)
            _ = self.update("\(name): 1%", 0)
            _ = self.update("\(name): 2%", 0)
        }
        #expect(self.reducer.finish().count <= 16)
    }
}
