// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// A `git gc` that misbehaves; all other commands are those of the real git.
    struct `Housekeeping` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
            _ = try self.shop.importing(self.source)
            try self.shop.commit("two", in: self.source)
        }

        private func replaceGC(by script: String) throws {
            let git = try #require(
                (self.shop.environment["PATH"] ?? "").split(separator: ":")
                    .map { "\($0)/git" }
                    .first { FileManager.default.isExecutableFile(atPath: $0) }
            )
            try self.shop.fakeGit(
                #"for word; do if [ "$word" = gc ]; then \#(script); fi; done; exec \#(git) "$@""#
            )
        }

        private func expectRefs() throws {
            let mirror = try self.shop.mirror()
            let expected = try self.shop.git("for-each-ref", in: self.source)
            #expect(try self.shop.git("for-each-ref", in: mirror) == expected)
            try self.shop.git("fsck", in: mirror)
        }

        @Test(arguments: ["exit 1", "kill -9 $$", "echo 'fatal: disk full' >&2; exit 128"])
        func `a git gc that fails does not make the import fail`(script: String) throws {
            try self.replaceGC(by: script)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0)
            #expect(run.lines.contains { $0.hasPrefix("Warning: git gc failed.") })
            #expect(run.lines.last?.hasPrefix("1 ref changed: ") == true)
            try self.expectRefs()
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `a git gc that hangs is ended after its own time limit`() throws {
            try self.replaceGC(by: "exec sleep 1000")
            let run = try self.shop.worker(
                "git",
                "--into",
                self.shop.mirrors,
                "--housekeeping-timeout",
                "0.3",
                self.source
            )
            #expect(run.code == 0)
            #expect(run.lines.contains { $0.hasPrefix("Warning: git gc took longer than ") })
            try self.expectRefs()
        }

        @Test func `a slow git gc gives signs of life more often than the monitor requires`() throws
        {
            // The gc ends when the signs of life have reached the reader of the worker's output.
            let pipe = self.shop.folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            try self.replaceGC(by: "read line < \(pipe); exit 0")
            self.shop.environment["IMPORT_INACTIVITY_TIMEOUT"] = "0.3"
            let run = try self.shop.startImporting(self.source)
            try self.shop.turn(until: {
                run.lines.count { $0.hasPrefix("Packing the mirror; the import is complete") } >= 3
            })
            try self.shop.script("echo > \(pipe)", in: self.shop.folder)
            try self.shop.wait(for: run)
            #expect(run.code == 0)
            try self.expectRefs()
        }

        @Test func `a time limit of 0 leaves the housekeeping out`() throws {
            try self.replaceGC(by: "exit 1")
            let run = try self.shop.worker(
                "git",
                "--into",
                self.shop.mirrors,
                "--housekeeping-timeout",
                "0",
                self.source
            )
            #expect(run.code == 0)
            #expect(!run.output.contains("Warning"), "\(run.output)")
        }

        @Test func `a time limit that is no number of seconds is a usage error`() throws {
            for value in ["-1", "x", "inf", "nan"] {
                let run = try self.shop.worker(
                    "git",
                    "--into",
                    self.shop.mirrors,
                    "--housekeeping-timeout=\(value)",
                    self.source
                )
                #expect(run.code == 64)
            }
        }
    }
}

#endif
