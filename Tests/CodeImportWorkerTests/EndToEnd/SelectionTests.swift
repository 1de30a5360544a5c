// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    struct `Selected refs` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
            try self.shop.script(
                """
                for i in $(seq 559); do echo "create refs/pull/$i/head HEAD"; done |
                git update-ref --stdin
                git update-ref refs/merge-requests/1/head HEAD
                git tag v1
                """,
                in: self.source
            )
        }

        private func importing(_ patterns: String...) throws -> TestProgram {
            let refs = patterns.flatMap { ["--refs", $0] }
            return try self.shop.worker(
                ["git", "--into", self.shop.mirrors] + refs + [self.source]
            )
        }

        private func names() throws -> [Substring] {
            let mirror = try self.shop.mirror()
            return try self.shop.git("for-each-ref", "--format=%(refname)", in: mirror)
                .split(separator: "\n")
        }

        @Test func `the refs of hosting sites are left out and counted`() throws {
            let run = try self.importing()
            #expect(run.code == 0)
            #expect(
                run.lines.contains(
                    "Left out 560 refs: 1 of refs/merge-requests/*, 559 of refs/pull/*. "
                        + "Use --refs 'refs/*' to mirror them, too."
                ),
                "\(run.output)"
            )
            #expect(try self.names() == ["refs/heads/main", "refs/tags/v1"])
            #expect(try self.importing().code == 2)
        }

        @Test func `patterns select refs, and each import may select others`() throws {
            #expect(try self.importing("refs/heads/*").code == 0)
            #expect(try self.names() == ["refs/heads/main"])
            #expect(
                try self.importing("refs/*", "^refs/pull/*", "^refs/merge-requests/*").code == 0
            )
            #expect(try self.names() == ["refs/heads/main", "refs/tags/v1"])
            #expect(try self.importing("refs/*").code == 0)
            #expect(try self.names().count == 562)
        }

        @Test func `refs that the selection leaves out stay in the mirror as they are`() throws {
            #expect(try self.importing("refs/*").code == 0)
            try self.shop.commit("two", in: self.source)
            try self.shop.git("update-ref", "refs/pull/1/head", "HEAD", in: self.source)
            try self.shop.git("update-ref", "-d", "refs/pull/2/head", in: self.source)
            let run = try self.importing()
            #expect(run.code == 0)
            #expect(run.lines.last?.hasPrefix("1 ref changed: refs/heads/main ") == true)
            #expect(try self.names().count == 562)
            let mirror = try self.shop.mirror()
            let one = try self.shop.git("rev-parse", "main^", in: self.source)
            #expect(try self.shop.git("rev-parse", "refs/pull/1/head", in: mirror) == one)
            #expect(try self.importing("refs/*").code == 0)
            #expect(try self.names().count == 561)
        }

        @Test func `a selection without any ref does not empty a mirror`() throws {
            let first = try self.importing("refs/none/*")
            #expect(first.code == 0)
            #expect(
                first.output.contains("Left out 562 refs: 562 not selected."),
                "\(first.output)"
            )
            #expect(try self.importing().code == 0)
            #expect(try self.importing("refs/none/*").code == 2)
            #expect(try self.names().count == 2)
            try self.shop.git("tag", "--delete", "v1", in: self.source)
            let run = try self.importing("refs/tags/*")
            #expect(run.code == 7)
            let reason = "The source has 561 refs, but none that the import selects."
            #expect(run.lines.last?.contains(reason) == true)
            #expect(try self.names().count == 2)
        }

        @Test func `a malformed pattern is a usage error`() throws {
            for pattern in ["main", "refs/heads/*:refs/x/*", "refs/*/*"] {
                let run = try self.importing(pattern)
                #expect(run.code == 64)
                #expect(run.errors.contains("'\(pattern)' is not a pattern for refs."))
            }
            #expect(!FileManager.default.fileExists(atPath: self.shop.mirrors))
        }

        @Test(arguments: [
            "error: RPC failed; HTTP 408 curl 22 The requested URL returned error: 408",
            "error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413",
            "fatal: the remote end hung up unexpectedly",
        ])
        func `a server that refuses a long request is asked for fewer objects at a time`(
            message: String
        ) throws {
            try self.shop.script(
                """
                for i in $(seq 100); do
                    id=$(git commit-tree -m $i HEAD^{tree}); echo "create refs/heads/b$i $id"
                done | git update-ref --stdin
                """,
                in: self.source
            )
            let git = try #require(
                (self.shop.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/git" }
                    .first { FileManager.default.isExecutableFile(atPath: $0) }
            )
            let list = self.shop.folder + "/list"
            try self.shop.fakeGit(
                """
                case " $* " in *" fetch "*)
                    cat > \(list)
                    if [ $(wc -l < \(list)) -gt 30 ]; then echo '\(message)' >&2; exit 128; fi
                    exec \(git) "$@" < \(list);;
                esac
                exec \(git) "$@"
                """
            )
            let run = try self.importing()
            #expect(run.code == 0, "\(run.output)")
            #expect(run.output.contains("The server has refused a request for 101 objects."))
            // The temporary refs of the batches are gone.
            #expect(try self.names().count == 102)
            #expect(try self.importing().code == 2)
        }
    }
}

#endif
