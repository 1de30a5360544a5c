// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import ProgramSupport
import Testing

@testable import code_import_worker

@Suite struct `Selections of refs` {
    private func mirrored(_ patterns: [String], of names: [RefName]) throws -> [RefName] {
        let selection = try RefSelection(patterns)
        let output = names.flatMap { Array("1a\t".utf8) + $0.bytes + Array("\n".utf8) }
        return SourceListing(lsRemote: output, selection).snapshot.refs.names
    }

    @Test func `by default the refs of hosting sites are left out and counted`() throws {
        let selection = try RefSelection()
        let output = """
            1a\trefs/changes/01/1/1
            1a\trefs/heads/main
            1a\trefs/heads/pull/1
            1a\trefs/notes/x
            1a\trefs/pull/1/head
            1a\trefs/pull/1/merge
            1a\trefs/worker-monitor/fetched/1a

            """
        let listing = SourceListing(lsRemote: Array(output.utf8), selection)
        #expect(
            listing.snapshot.refs.names == ["refs/heads/main", "refs/heads/pull/1", "refs/notes/x"]
        )
        #expect(
            listing.leftOutSummary(selection)
                == "Left out 3 refs: 1 of refs/changes/*, 2 of refs/pull/*. "
                + "Use --refs 'refs/*' to mirror them, too."
        )
        #expect(listing.total == 7)
    }

    @Test func `a positive pattern replaces the default, and a negative one takes precedence`()
        throws
    {
        let names: [RefName] = [
            "refs/heads/a", "refs/heads/a/x", "refs/heads/tmp/1", "refs/pull/1/head",
            "refs/tags/v1",
        ]
        #expect(try self.mirrored(["refs/*"], of: names) == names)
        #expect(try self.mirrored(["refs/heads/a"], of: names) == ["refs/heads/a"])
        #expect(
            try self.mirrored(["refs/heads/*", "refs/tags/*", "^refs/heads/tmp/*"], of: names)
                == ["refs/heads/a", "refs/heads/a/x", "refs/tags/v1"]
        )
        #expect(try self.mirrored(["refs/*/head"], of: names) == ["refs/pull/1/head"])
        #expect(
            try self.mirrored(["^refs/heads/*"], of: names) == ["refs/tags/v1"],
            "Without a positive pattern the default still leaves out refs/pull/*."
        )
    }

    @Test func `a pattern may concern a part of a namespace, or several namespaces`() throws {
        let names: [RefName] = [
            "refs/a/x", "refs/ab", "refs/ab/x", "refs/ab/y", "refs/b/x", "refs/b/y",
        ]
        #expect(try self.mirrored(["refs/a*"], of: names) == Array(names.prefix(4)))
        #expect(try self.mirrored(["refs/*", "^refs/a*"], of: names) == Array(names.suffix(2)))
        #expect(
            try self.mirrored(["refs/b/x", "refs/a/*"], of: names) == ["refs/a/x", "refs/b/x"]
        )
        #expect(
            try self.mirrored(["refs/*", "^refs/*/x"], of: names)
                == ["refs/ab", "refs/ab/y", "refs/b/y"]
        )
        #expect(try self.mirrored(["refs/ab"], of: names) == ["refs/ab"])
    }

    @Test func `the name of a pattern must be longer than its two parts`() throws {
        #expect(try self.mirrored(["refs/heads/a*a"], of: ["refs/heads/a"]) == [])
        #expect(try self.mirrored(["refs/heads/a*a"], of: ["refs/heads/aa"]) == ["refs/heads/aa"])
    }

    @Test(arguments: [
        "", "^", "main", "heads/*", "refs/heads/*/*", "+refs/heads/*:refs/heads/*", "refs/heads/",
        "refs/a..b", "^main", "HEAD", "*",
    ])
    func `a malformed pattern is an error that quotes it`(pattern: String) {
        #expect(throws: RefPatternError(argument: pattern)) { try RefSelection([pattern]) }
    }
}
