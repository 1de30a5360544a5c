// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Outcome of an import` {
    private func changes(_ count: Int) -> [RefChange] {
        (0..<count).map {
            RefChange(
                name: RefName("refs/heads/\($0)".utf8),
                before: "1a2b3c4d5e",
                after: "5d6e7f8a9b"
            )
        }
    }

    @Test func `one line summarizes the changes`() {
        let one = ImportOutcome.fetched(self.changes(1))
        #expect(one.summary == "1 ref changed: refs/heads/0 1a2b3c4..5d6e7f8")
        #expect(one.exit == .success)
        let two = ImportOutcome.cloned([
            RefChange(name: "refs/heads/a", before: nil, after: "5d6e7f8a9b"),
            RefChange(name: "refs/heads/b", before: "1a2b3c4d5e", after: nil),
        ])
        #expect(
            two.summary
                == "2 refs changed: refs/heads/a new 5d6e7f8, refs/heads/b deleted (was 1a2b3c4)"
        )
        #expect(two.exit == .success)
    }

    @Test func `a fetch without changes exits with 2, and a first clone exits with 0`() {
        #expect(ImportOutcome.fetched([]).summary == "Nothing has changed.")
        #expect(ImportOutcome.fetched([]).exit == .nothingNew)
        #expect(ImportOutcome.cloned([]).exit == .success)
    }

    @Test func `the summary names ten refs and counts the others`() {
        #expect(
            ImportOutcome.fetched(self.changes(10)).summary.hasSuffix(
                "refs/heads/9 1a2b3c4..5d6e7f8"
            )
        )
        let many = ImportOutcome.fetched(self.changes(12)).summary
        #expect(many.hasPrefix("12 refs changed: refs/heads/0 "))
        #expect(many.hasSuffix("refs/heads/9 1a2b3c4..5d6e7f8, and 2 more"))
    }
}
