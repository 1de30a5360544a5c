// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import Testing

extension `End-to-end imports` {
    /// The files that a killed git or a killed worker leaves behind.
    struct `Debris of a killed import` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
            try self.shop.git("branch", "old", in: self.source)
            _ = try self.shop.importing(self.source)
        }

        private func write(_ text: String, to file: String) throws {
            let url = URL(fileURLWithPath: file)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }

        private func exists(_ file: String) -> Bool {
            FileManager.default.fileExists(atPath: file)
        }

        /// Deletes a branch of the source and creates one, so that each kind of lock is needed.
        private func changeSource() throws {
            try self.shop.git("branch", "-D", "old", in: self.source)
            try self.shop.commit("two", in: self.source)
            try self.shop.git("branch", "next", in: self.source)
        }

        // The names are those of git 2.39 and, where other versions differ, theirs.
        private static let names = [
            "HEAD.lock", "config.lock", "packed-refs.lock", "packed-refs.new", "shallow.lock",
            "shallow_Ab12Cd", "gc.pid", "gc.pid.lock", "gc.log", "gc.log.lock", "FETCH_HEAD.lock",
            "refs/heads/next.lock", "refs/heads/a/b.lock", "refs/heads/main.lock",
            "logs/refs/heads/main.lock", "info/refs_Ab12Cd", "info/refs.lock",
            "worktrees/w/HEAD.lock", "reftable/tables.list.lock",
            "objects/tmp_obj_Ab12Cd", "objects/bitmap-ref-tips_Ab12Cd", "objects/maintenance.lock",
            "objects/schedule.lock", "objects/bulk_fsync_Ab12Cd",
            "objects/incoming-Ab12Cd/pack/tmp_pack_Ab12Cd",
            "objects/tmp_objdir-incoming-Ab12Cd/12/tmp_obj_Ab12Cd",
            "objects/tmp_objdir-bulk-fsync-Ab12Cd/bulk_fsync_Ab12Cd",
            "objects/12/tmp_obj_Ab12Cd", "objects/12/34567890.temp", "objects/12/34567890.prev",
            "objects/info/alternates.lock", "objects/info/commit-graph.lock",
            "objects/info/packs_Ab12Cd",
            "objects/info/commit-graphs/commit-graph-chain.lock",
            "objects/info/commit-graphs/tmp_graph_Ab12Cd", "objects/bundles/tmp_uri_Ab12Cd",
            "objects/pack/multi-pack-index.lock", "objects/pack/tmp_midx_Ab12Cd",
            "objects/pack/multi-pack-index.d/tmp_midx_Ab12Cd",
            "objects/pack/tmp_pack_Ab12Cd", "objects/pack/tmp_idx_Ab12Cd",
            "objects/pack/tmp_rev_Ab12Cd", "objects/pack/tmp_mtimes_Ab12Cd",
            "objects/pack/tmp_bitmap_Ab12Cd", "objects/pack/.tmp-12-pack-34567890.pack",
            "objects/pack/pack-34567890.pack.temp", "objects/pack/pack-34567890.idx",
            "objects/pack/pack-34567890.rev", "objects/pack/pack-98765432.pack",
        ]

        @Test(arguments: [true, false])
        func `every kind of file is gone after the next import`(changes: Bool) throws {
            let mirror = try self.shop.mirror()
            for name in Self.names { try self.write("garbage", to: "\(mirror)/\(name)") }
            if changes { try self.changeSource() }
            let run = try self.shop.importing(self.source)
            #expect(run.code == (changes ? 0 : 2), "\(run.output)")
            #expect(run.lines.contains { $0.hasPrefix("Removed ") && $0.contains("killed git") })
            #expect(Self.names.filter { self.exists("\(mirror)/\($0)") } == [])
            #expect(
                try self.shop.git("for-each-ref", in: mirror)
                    == self.shop.git("for-each-ref", in: self.source)
            )
        }

        @Test func `the marker of a killed fetch is removed, and that of a person is kept`() throws
        {
            let mirror = try self.shop.mirror()
            let folder = "\(mirror)/objects/pack"
            let pack = try #require(
                FileManager.default.contentsOfDirectory(atPath: folder)
                    .first { $0.hasSuffix(".pack") }
            )
            let marker = "\(folder)/\(pack.dropLast(5)).keep"
            for text in ["fetch-pack 12 on host\n", "receive-pack 12 on host"] {
                try self.write(text, to: marker)
                #expect(try self.shop.importing(self.source).code == 2)
                #expect(!self.exists(marker))
            }
            for text in ["", "ours", "fetched by hand"] {
                try self.write(text, to: marker)
                #expect(try self.shop.importing(self.source).code == 2)
                #expect(self.exists(marker))
            }
            try self.write("", to: "\(folder)/pack-123.keep")
            try self.write("x", to: "\(folder)/pack-123.pack")
            try self.changeSource()
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(self.exists("\(folder)/pack-123.pack"))
        }

        @Test func `a complete pack without an index gets one`() throws {
            let mirror = try self.shop.mirror()
            try self.shop.script("rm -f objects/pack/*.idx", in: mirror)
            try self.changeSource()
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0, "\(run.output)")
            #expect(run.lines.contains { $0.hasSuffix("has no index. Creating it.") })
            try self.shop.git("fsck", "--full", in: mirror)
        }

        @Test func `nothing is removed while another git writes into the mirror`() throws {
            let mirror = try self.shop.mirror()
            let debris = "\(mirror)/objects/pack/tmp_pack_Ab12Cd"
            try self.write("x", to: debris)
            let other = try self.shop.start(
                "git",
                ["--git-dir=\(mirror)", "hash-object", "-w", "--stdin"],
                in: "/"
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == 71)
            let pid = try #require(other.transport?.pid)
            #expect(
                run.lines.last?.hasPrefix(
                    "Failed: Process \(pid) (git hash-object) is working on \(mirror)."
                ) == true,
                "\(run.output)"
            )
            #expect(self.exists(debris))
            other.transport?.closeChildDescriptor(0)
            try self.shop.wait(for: other)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(!self.exists(debris))
        }

        @Test func `a git that only reads the mirror does not stop the import`() throws {
            let mirror = try self.shop.mirror()
            try self.write("x", to: "\(mirror)/packed-refs.lock")
            let reader = try self.shop.start("git", ["cat-file", "--batch"], in: mirror)
            try self.changeSource()
            #expect(try self.shop.importing(self.source).code == 0)
            reader.transport?.closeChildDescriptor(0)
            try self.shop.wait(for: reader)
        }

        @Test func `the leftover of a mirror that no worker uses is removed`() throws {
            let other = "\(self.shop.mirrors)/.other-0123456789ab"
            try self.write("x", to: "\(other).12.part/objects/x")
            try self.write("x", to: "\(other).13.part/objects/x")
            try self.write("12\n", to: "\(other).lock")
            let lock = open("\(other).lock", O_RDWR | O_CLOEXEC)
            defer { close(lock) }
            try #require(flock(lock, LOCK_EX) == 0)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(self.exists("\(other).12.part/objects/x"))
            flock(lock, LOCK_UN)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(self.shop.mirrorNames.count == 1)
        }
    }
}

#endif
