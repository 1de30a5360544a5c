// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Testing

extension `End-to-end imports` {
    /// Imports into a file system of a few MiB.
    @Suite(.enabled(if: getuid() == 0, "needs the right to mount"))
    final class `Imports onto a full disk` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
            try FileManager.default.createDirectory(
                atPath: self.shop.mirrors,
                withIntermediateDirectories: false
            )
            try self.mount(flags: 0, "size=4m")
        }

        deinit { umount2(self.shop.mirrors, Int32(MNT_DETACH)) }

        private func mount(flags: UInt, _ options: String) throws {
            try #require(Glibc.mount("none", self.shop.mirrors, "tmpfs", flags, options) == 0)
        }

        /// The number of bytes that are in use, without the lock files.
        private func usedBytes() -> Int {
            var status = statvfs()
            statvfs(self.shop.mirrors, &status)
            return Int(status.f_blocks - status.f_bfree) * Int(status.f_frsize)
        }

        private func commitLargeFiles() throws {
            try self.shop.script(
                "for i in 1 2 3; do head -c 2500000 /dev/urandom > large$i; done; "
                    + "git add . && git commit -q -m large",
                in: self.source
            )
        }

        private func expectFullDisk() throws {
            let run = try self.shop.importing(self.source)
            #expect(run.code == 71, "\(run.output)")
            #expect(run.lines.last?.contains("disk of the mirror is full") == true, "\(run.output)")
        }

        @Test func `a clone that does not fit leaves nothing`() throws {
            try self.commitLargeFiles()
            for _ in 1...2 {
                try self.expectFullDisk()
                #expect(self.shop.mirrorNames.isEmpty)
                #expect(self.usedBytes() <= 8192)
            }
        }

        @Test func `a fetch that does not fit leaves the mirror as it was`() throws {
            #expect(try self.shop.importing(self.source).code == 0)
            let refs = try self.shop.git("for-each-ref", in: self.shop.mirror())
            let before = self.usedBytes()
            try self.commitLargeFiles()
            for _ in 1...2 {
                try self.expectFullDisk()
                #expect(self.usedBytes() <= before)
            }
            #expect(try self.shop.git("for-each-ref", in: self.shop.mirror()) == refs)
            try self.shop.git("fsck", "--full", in: self.shop.mirror())
            try self.mount(flags: UInt(MS_REMOUNT), "size=40m")
            #expect(try self.shop.importing(self.source).code == 0)
        }

        @Test func `a damaged mirror stays if a second one does not fit`() throws {
            try self.mount(flags: UInt(MS_REMOUNT), "size=12m")
            try self.commitLargeFiles()
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.script(
                """
                chmod u+w */objects/pack/*
                head -c 1000 /dev/zero |
                    dd of=$(echo */objects/pack/*.pack) bs=1 seek=1000 conv=notrunc status=none
                head -c 2000000 /dev/zero > filler.lock
                """,
                in: self.shop.mirrors
            )
            try self.shop.commit("new", in: self.source)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 71, "\(run.output)")
            let start =
                "Failed: The mirror is damaged (objects were missing or damaged), and it could"
            #expect(run.lines.last?.hasPrefix(start) == true, "\(run.output)")
            #expect(!self.shop.mirrorNames.contains { $0.hasSuffix(".part") })
            #expect(try self.shop.git("for-each-ref", in: self.shop.mirror()) != "")
            try self.mount(flags: UInt(MS_REMOUNT), "size=40m")
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.git("fsck", "--full", in: self.shop.mirror())
        }
    }
}

#endif
