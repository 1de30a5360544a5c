// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Plans for refs` {
    private func plan(
        _ wanted: RefList,
        old: RefList = [:],
        kept: RefList = [:]
    ) -> RefPlan {
        RefPlan(RefSnapshot(refs: wanted), old: RefSnapshot(refs: old), kept: kept)
    }

    @Test func `the result has the refs of the source and those that the selection leaves out`() {
        let plan = self.plan(
            ["refs/heads/a": "1a", "refs/heads/b": "2b"],
            old: ["refs/heads/a": "0a", "refs/heads/c": "3c"],
            kept: ["refs/pull/1": "4d"]
        )
        #expect(
            plan.result == ["refs/heads/a": "1a", "refs/heads/b": "2b", "refs/pull/1": "4d"]
        )
        #expect(plan.ids == ["1a", "2b"])
        #expect(plan.refused.isEmpty)
    }

    @Test func `of two new refs that exclude each other the one with more below it stays`() {
        let plan = self.plan([
            "refs/heads/a": "1a", "refs/heads/a-c": "1a", "refs/heads/a/b": "1a",
            "refs/heads/a/b/c": "1a", "refs/heads/ab": "1a",
        ])
        #expect(plan.refused.map(\.name) == ["refs/heads/a", "refs/heads/a/b"])
        #expect(plan.result.names == ["refs/heads/a-c", "refs/heads/a/b/c", "refs/heads/ab"])
    }

    @Test func `a ref with an impossible name excludes no other ref`() {
        let plan = self.plan(["refs/heads/a": "1a", "refs/heads/a/..b": "1a"])
        #expect(plan.refused.map(\.name) == ["refs/heads/a/..b"])
        #expect(plan.result.names == ["refs/heads/a"])
    }

    @Test func `a deleted ref makes room for refs below its name, and the reverse`() {
        let down = self.plan(["refs/heads/a/b": "1a"], old: ["refs/heads/a": "1a"])
        #expect(down.refused.isEmpty)
        #expect(down.result == ["refs/heads/a/b": "1a"])
        let up = self.plan(["refs/heads/a": "1a"], old: ["refs/heads/a/b": "1a"])
        #expect(up.refused.isEmpty)
        #expect(up.result == ["refs/heads/a": "1a"])
    }

    @Test func `a ref that the mirror has excludes new ones`() {
        let below = self.plan(
            ["refs/heads/a": "2b", "refs/heads/a/b": "1a"],
            old: ["refs/heads/a": "1a"]
        )
        #expect(below.refused.map(\.name) == ["refs/heads/a/b"])
        #expect(below.result == ["refs/heads/a": "2b"])
        let above = self.plan(["refs/x": "1a"], kept: ["refs/x/y": "1a"])
        #expect(above.refused.map(\.name) == ["refs/x"])
        #expect(above.result == ["refs/x/y": "1a"])
    }

    @Test func `a refused change leaves the old ref in place`() {
        var plan = self.plan(["refs/heads/a": "2b"], old: ["refs/heads/a": "1a"])
        plan.refuse { $0.name == "refs/heads/a" ? "reason" : nil }
        #expect(plan.changes.isEmpty)
        #expect(plan.result == ["refs/heads/a": "1a"])
    }

    @Test(arguments: [
        "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.lock", "refs/heads/a.lock/b",
        "refs/heads/@{", "refs/heads/a b", "refs/heads/a\u{7F}", "refs/heads/a\u{1}",
        "refs/heads/a.",
        "refs/heads/", "refs//a", "refs/heads/a~1", "refs/heads/a^", "refs/heads/a:b",
        "refs/heads/a?", "refs/heads/*", "refs/heads/[a", "refs/heads/a\\b", "refs/heads",
        "refs/tags", "heads/a", "refs",
    ])
    func `a name that git refuses is refused`(name: String) {
        #expect(RefRules.complaint(about: Array(name.utf8)) != nil)
    }

    @Test(arguments: [
        "refs/x", "refs/heads/@", "refs/heads/caf\u{E9}", "refs/heads/{a}", "refs/a/-",
    ])
    func `a name that git accepts is accepted`(name: String) {
        #expect(RefRules.complaint(about: Array(name.utf8)) == nil)
    }

    @Test func `a list sorts its refs, and keeps the first one of each name`() {
        let list: RefList = ["refs/b": "1a", "refs/a": "2b", "refs/b": "3c", "refs/a/c": "4d"]
        #expect(list.names == ["refs/a", "refs/a/c", "refs/b"])
        #expect(list["refs/b"] == "1a")
        #expect(list["refs/c"] == nil)
    }
}
