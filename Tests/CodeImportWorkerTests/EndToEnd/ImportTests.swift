// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    struct `Imports of local repositories` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        private func refs(_ repository: String) throws -> String {
            try self.shop.git("for-each-ref", in: repository)
        }

        @Test func `the first import clones, and the second one finds nothing new`() throws {
            let first = try self.shop.importing(self.source)
            let id = try self.shop.git("rev-parse", "--short=7", "HEAD", in: self.source)
            #expect(first.code == 0)
            #expect(first.lines.first == "Cloning \(self.source) into \(try self.shop.mirror())")
            #expect(first.lines.last == "1 ref changed: refs/heads/main new \(id)")
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))

            let second = try self.shop.importing(self.source)
            #expect(second.code == 2)
            #expect(second.lines.last == "Nothing has changed.")
        }

        @Test func `new, moved and deleted refs are mirrored and reported`() throws {
            try self.shop.git("branch", "old", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            let before = try self.shop.git("rev-parse", "--short=7", "HEAD", in: self.source)
            try self.shop.git("branch", "-D", "old", in: self.source)
            try self.shop.git("tag", "-a", "-m", "v", "v1", in: self.source)
            try self.shop.commit("two", in: self.source)
            let after = try self.shop.git("rev-parse", "--short=7", "HEAD", in: self.source)
            let tag = try self.shop.git("rev-parse", "--short=7", "v1", in: self.source)

            let run = try self.shop.importing(self.source)
            #expect(run.code == 0)
            #expect(
                run.lines.last == """
                    3 refs changed: refs/heads/main \(before)..\(after), \
                    refs/heads/old deleted (was \(before)), refs/tags/v1 new \(tag)
                    """
            )
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `branches whose names differ only in their normalization move separately`()
            throws
        {
            let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
            try self.shop.git("branch", composed, in: self.source)
            try self.shop.git("branch", decomposed, in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.commit("two", in: self.source)
            for branch in [decomposed, composed] {
                try self.shop.git("branch", "-f", branch, in: self.source)
                #expect(try self.shop.importing(self.source).code == 0)
                #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
            }
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test
        func `a branch whose name is not valid UTF-8 is mirrored, also as the target of HEAD`()
            throws
        {
            try self.shop.script(#"git branch "$(printf 'caf\351')""#, in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.script(
                #"git symbolic-ref HEAD "$(printf 'refs/heads/caf\351')""#,
                in: self.source
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0)
            #expect(run.lines.last == #"1 ref changed: HEAD refs/heads/main..refs/heads/caf\xE9"#)
            try self.shop.script(
                #"test "$(git symbolic-ref HEAD)" = "$(printf 'refs/heads/caf\351')""#,
                in: self.shop.mirror()
            )
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `a rewritten history is mirrored`() throws {
            _ = try self.shop.importing(self.source)
            try self.shop.git("commit", "--quiet", "--amend", "-m", "other", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
        }

        @Test func `HEAD follows the source, also to a commit and back`() throws {
            _ = try self.shop.importing(self.source)
            try self.shop.git("checkout", "--quiet", "-b", "next", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("symbolic-ref", "HEAD", in: mirror) == "refs/heads/next")

            try self.shop.git("checkout", "--quiet", "--detach", in: self.source)
            #expect(try self.shop.importing(self.source).code == 2, "next is the same commit")
            let one = try self.shop.git("rev-parse", "HEAD", in: self.source)
            try self.shop.git("checkout", "--quiet", "main", in: self.source)
            try self.shop.commit("two", in: self.source)
            try self.shop.git("branch", "-f", "next", in: self.source)
            try self.shop.git("checkout", "--quiet", one, in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.shop.git("rev-parse", "HEAD", in: mirror) == one)

            try self.shop.git("checkout", "--quiet", "main", in: self.source)
            #expect(
                try self.shop.importing(self.source).lines.last
                    == "1 ref changed: HEAD \(one.prefix(7))..refs/heads/main"
            )
        }

        @Test
        func `an empty repository is cloned, then has nothing new, then gets its first commit`()
            throws
        {
            let empty = self.shop.folder + "/empty"
            try self.shop.git("init", "--quiet", "-b", "main", empty)
            let first = try self.shop.importing(empty)
            #expect(first.code == 0)
            #expect(first.lines.last == "The repository is empty: it has no refs yet.")
            #expect(try self.shop.importing(empty).code == 2)
            try self.shop.commit("one", in: empty)
            #expect(try self.shop.importing(empty).code == 0)
            #expect(try self.refs(self.shop.mirror()) == self.refs(empty))
        }

        @Test
        func `a relative path and its absolute path share one mirror, and a file URL has another`()
            throws
        {
            #expect(try self.shop.importing("source").code == 0)
            #expect(try self.shop.importing("./source/").code == 2)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(try self.shop.importing("file://\(self.source)").code == 0)
            #expect(self.shop.mirrorNames.count == 2)
        }

        @Test func `a bare repository, and paths with a dash or a colon, can be imported`()
            throws
        {
            for name in ["bare.git", "--upload-pack=x", "host:x"] {
                try self.shop.git("clone", "--quiet", "--bare", "--", "source", "./\(name)")
                #expect(try self.shop.importing(name.contains(":") ? "./\(name)" : name).code == 0)
            }
        }

        @Test func `a shallow repository can be imported, also after its boundary has moved`()
            throws
        {
            let shallow = self.shop.folder + "/shallow"
            try self.shop.git("clone", "--quiet", "--depth=1", "file://\(self.source)", shallow)
            #expect(try self.shop.importing(shallow).code == 0)
            for text in ["two", "three"] { try self.shop.commit(text, in: self.source) }
            try self.shop.git("fetch", "--quiet", "--depth=1", in: shallow)
            try self.shop.git("reset", "--quiet", "--hard", "origin/main", in: shallow)
            #expect(try self.shop.importing(shallow).code == 0)
            #expect(try self.refs(self.shop.mirror()) == self.refs(shallow))
        }

        @Test func `the mirror is packed when git considers it necessary`() throws {
            _ = try self.shop.importing(self.source)
            try self.shop.git("config", "fetch.unpackLimit", "1", in: self.shop.mirror())
            try self.shop.git("config", "gc.autoPackLimit", "1", in: self.shop.mirror())
            try self.shop.commit("two", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            let packs = try self.shop.mirror() + "/objects/pack"
            let names = try FileManager.default.contentsOfDirectory(atPath: packs)
            #expect(names.count { $0.hasSuffix(".pack") } == 1)
        }

        @Test func `git's variables for another repository have no effect`() throws {
            self.shop.environment["GIT_DIR"] = self.shop.folder + "/elsewhere"
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0)
            #expect(self.shop.mirrorNames.count == 1)
        }

        @Test func `the folder of the mirrors is created with its parents`() throws {
            let folder = self.shop.folder + "/a/b/c"
            #expect(try self.shop.worker("git", self.source, "--into", "a/b/c").code == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
        }
    }
}

#endif
