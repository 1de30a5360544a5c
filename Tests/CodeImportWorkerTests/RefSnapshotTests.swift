// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import code_import_worker

@Suite struct `Ref snapshots` {
    private let main = RefSnapshot(head: .ref("refs/heads/main"), refs: ["refs/heads/main": "1a"])

    private func snapshot(lsRemote output: [UInt8]) throws -> RefSnapshot {
        SourceListing(lsRemote: output, try RefSelection()).snapshot
    }

    @Test func `the output of ls-remote is parsed without peeled tags`() throws {
        let output = """
            ref: refs/heads/main\tHEAD
            1a\tHEAD
            1a\trefs/heads/main
            ref: refs/remotes/o/main\trefs/remotes/o/HEAD
            1a\trefs/remotes/o/HEAD
            2b\trefs/tags/v1
            1a\trefs/tags/v1^{}

            """
        let refs: RefList = [
            "refs/heads/main": "1a", "refs/remotes/o/HEAD": "1a", "refs/tags/v1": "2b",
        ]
        #expect(
            try self.snapshot(lsRemote: Array(output.utf8))
                == RefSnapshot(head: .ref("refs/heads/main"), refs: refs)
        )
        #expect(try self.snapshot(lsRemote: Array("1a\tHEAD\n".utf8)).head == .detached("1a"))
        #expect(try self.snapshot(lsRemote: []) == RefSnapshot())
    }

    @Test func `the mirror keeps its HEAD if the source's is unknown or seems detached`() {
        let unknown = RefSnapshot(refs: self.main.refs)
        #expect(unknown.following(self.main.head) == self.main)
        let detached = RefSnapshot(head: .detached("1a"), refs: self.main.refs)
        #expect(detached.following(self.main.head) == self.main)
        #expect(detached.following(.ref("refs/heads/other")) == detached)
        #expect(self.main.following(.ref("refs/heads/other")) == self.main)
    }

    @Test func `the changes are new, moved and deleted refs, with HEAD first`() {
        let new = RefSnapshot(
            head: .ref("refs/heads/b"),
            refs: ["refs/heads/a": "2b", "refs/heads/b": "1a"]
        )
        let old = RefSnapshot(
            head: .detached("1a"),
            refs: ["refs/heads/a": "1a", "refs/heads/c": "3c"]
        )
        #expect(
            new.changes(since: old) == [
                RefChange(name: "HEAD", before: "1a", after: "refs/heads/b"),
                RefChange(name: "refs/heads/a", before: "1a", after: "2b"),
                RefChange(name: "refs/heads/b", before: nil, after: "1a"),
                RefChange(name: "refs/heads/c", before: "3c", after: nil),
            ]
        )
        #expect(new.changes(since: new).isEmpty)
    }

    @Test func `names that differ only in their normalization are different refs`() throws {
        let composed = RefName("refs/heads/caf\u{E9}".utf8)
        let decomposed = RefName("refs/heads/cafe\u{301}".utf8)
        let output = Array("1a\t".utf8) + composed.bytes + Array("\n2b\t".utf8) + decomposed.bytes
        let read = try self.snapshot(lsRemote: output)
        #expect(read.refs == [composed: "1a", decomposed: "2b"])
        let moved = RefSnapshot(refs: [composed: "1a", decomposed: "3c"])
        #expect(
            moved.changes(since: read) == [RefChange(name: decomposed, before: "2b", after: "3c")]
        )
    }

    @Test func `names that are not valid UTF-8 are different refs and are displayed as bytes`()
        throws
    {
        let output =
            Array("1a\trefs/heads/caf".utf8) + [0xE9] + Array("\n2b\trefs/heads/caf".utf8) + [0xEA]
        let read = try self.snapshot(lsRemote: output)
        #expect(read.refs.count == 2)
        #expect(
            read.changes(since: RefSnapshot()).map(\.description)
                == [#"refs/heads/caf\xE9 new 1a"#, #"refs/heads/caf\xEA new 2b"#]
        )
    }

    @Test func `names are sorted by their bytes`() {
        let names: [RefName] = ["refs/heads/b", "refs/heads/a.b", "refs/heads/a/b", "refs/heads/B"]
        #expect(
            names.sorted()
                == ["refs/heads/B", "refs/heads/a.b", "refs/heads/a/b", "refs/heads/b"]
        )
    }
}
