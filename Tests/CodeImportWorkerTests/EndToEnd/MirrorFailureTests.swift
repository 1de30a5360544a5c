// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// Failures of this machine: mirrors, folders, and git itself.
    struct `Failures of the mirror` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        private func write(_ text: String, to file: String) throws {
            let url = URL(fileURLWithPath: file)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: url)
        }

        private func expectDamage(_ problem: String = "is damaged", code: Int32 = 1) throws {
            let mirror = try self.shop.mirror()
            let run = try self.shop.importing(self.source)
            #expect(run.code == code)
            #expect(
                run.lines.last?.hasPrefix("Failed: \(mirror) \(problem)") == true,
                "\(run.output)"
            )
        }

        @Test func `a folder that was never a mirror is left unchanged`() throws {
            _ = try self.shop.importing(self.source)
            let mirror = try self.shop.mirror()
            try FileManager.default.removeItem(atPath: mirror)
            try self.write("mine", to: "\(mirror)/notes/HEAD")
            try self.expectDamage()
            #expect(FileManager.default.contents(atPath: "\(mirror)/notes/HEAD") != nil)
        }

        @Test func `a file at the path of the mirror is left unchanged`() throws {
            _ = try self.shop.importing(self.source)
            let mirror = try self.shop.mirror()
            try FileManager.default.removeItem(atPath: mirror)
            try self.write("mine", to: mirror)
            try self.expectDamage()
            #expect(FileManager.default.contents(atPath: mirror) == Data("mine".utf8))
        }

        @Test func `the mirror of another source is left unchanged`() throws {
            _ = try self.shop.importing(self.source)
            let mirror = try self.shop.mirror()
            try self.shop.git("config", "remote.origin.url", "https://h/other", in: mirror)
            try self.expectDamage("is the mirror of https://h/other.", code: 71)
        }

        @Test func `lock files and partial packs of a killed git do not stop an import`() throws {
            _ = try self.shop.importing(self.source)
            let mirror = try self.shop.mirror()
            try self.shop.git("branch", "next", in: self.source)
            let left = [
                "packed-refs.lock", "HEAD.lock", "refs/heads/next.lock", "objects/pack/tmp_pack_x",
            ]
            for file in left { try self.write("", to: "\(mirror)/\(file)") }
            #expect(try self.shop.importing(self.source).code == 0)
            for file in left {
                #expect(!FileManager.default.fileExists(atPath: "\(mirror)/\(file)"))
            }
        }

        @Test
        func `the leftovers of an interrupted clone are removed, but not those of another mirror`()
            throws
        {
            _ = try self.shop.importing(self.source)
            let name = try #require(self.shop.mirrorNames.first).dropLast(4)
            try self.write("x", to: "\(self.shop.mirrors)/.\(name).1.part/objects/x")
            try self.write("x", to: "\(self.shop.mirrors)/.other-0123456789ab.1.part/x")
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(self.shop.mirrorNames == [".other-0123456789ab.1.part", "\(name).git"])
        }

        @Test func `another object format exits with 5, and the mirror keeps its refs`() throws {
            _ = try self.shop.importing(self.source)
            try FileManager.default.removeItem(atPath: self.source)
            try self.shop.git("init", "--quiet", "--object-format=sha256", self.source)
            try self.shop.commit("one", in: self.source)
            #expect(try self.shop.importing(self.source).code == 5)
            #expect(try self.shop.git("for-each-ref", in: self.shop.mirror()) != "")
        }

        @Test func `a folder that cannot be created exits with 71`() throws {
            for folder in ["source/one", "source/one/x", "/proc/x"] {
                let run = try self.shop.worker("git", self.source, "--into", folder)
                #expect(run.code == 71)
                #expect(run.lines.count == 1 && run.output.hasPrefix("Failed: "))
            }
        }

        @Test func `a machine without git exits with 71`() throws {
            self.shop.environment["PATH"] = "/nowhere"
            let run = try self.shop.importing(self.source)
            #expect(run.code == 71)
            #expect(run.lines.last?.hasPrefix("Failed: Cannot start git.") == true)
        }

        @Test(arguments: [
            ("KILL", Int32(71)), ("TERM", 71), ("XCPU", 71), ("SEGV", 1), ("ABRT", 1),
        ])
        func `a killed git exits with 71, and a crashed git with 1`(signal: String, code: Int32)
            throws
        {
            try self.shop.fakeGit(
                "case \"$*\" in *config*) exit 0 ;; esac; ulimit -c 0; kill -\(signal) $$"
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == code)
            #expect(
                run.lines.last?.hasPrefix("Failed: git ls-remote died from SIG\(signal)") == true
            )
        }
    }
}

#endif
