// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    struct `HEAD and the names of refs` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        private func refs(_ repository: String) throws -> String {
            try self.shop.git("for-each-ref", in: repository)
        }

        private func head(_ repository: String) throws -> String {
            try self.shop.git("rev-parse", "--symbolic-full-name", "HEAD", in: repository)
        }

        /// Appends a line to the file packed-refs of the source.
        private func pack(_ id: String, _ name: String) throws {
            try self.shop.git("pack-refs", "--all", in: self.source)
            try self.shop.script(
                "printf '%s %s\\n' \(id) '\(name)' >> .git/packed-refs",
                in: self.source
            )
        }

        @Test(arguments: [true, false])
        func `a HEAD at a commit that no ref reaches is imported`(isFirst: Bool) throws {
            if !isFirst { #expect(try self.shop.importing(self.source).code == 0) }
            try self.shop.git("checkout", "--quiet", "--detach", in: self.source)
            try self.shop.commit("two", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            let mirror = try self.shop.mirror()
            let id = try self.shop.git("rev-parse", "HEAD", in: self.source)
            #expect(try self.shop.git("rev-parse", "HEAD", in: mirror) == id)
            try self.shop.git("fsck", "--strict", in: mirror)
            #expect(try self.shop.importing(self.source).code == 2)

            try self.shop.commit("three", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.git("checkout", "--quiet", "main", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.head(mirror) == "refs/heads/main")
        }

        @Test func `the HEAD of a new mirror may point to a branch that does not exist yet`() throws
        {
            try self.shop.git("branch", "dev", in: self.source)
            try self.shop.git("symbolic-ref", "HEAD", "refs/heads/later", in: self.source)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0)
            #expect(!run.output.contains("empty repository"), "\(run.output)")
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("symbolic-ref", "HEAD", in: mirror) == "refs/heads/later")
            #expect(try self.refs(mirror) == self.refs(self.source))
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `HEAD may point to a ref that is not a branch, or that is not selected`() throws
        {
            try self.shop.git("update-ref", "refs/other/x", "main", in: self.source)
            try self.shop.git("symbolic-ref", "HEAD", "refs/other/x", in: self.source)
            let only = ["git", "--into", self.shop.mirrors, "--refs", "refs/heads/*", self.source]
            #expect(try self.shop.worker(only).code == 0)
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("symbolic-ref", "HEAD", in: mirror) == "refs/other/x")
            #expect(try !self.refs(mirror).contains("refs/other"))
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.refs(mirror) == self.refs(self.source))
        }

        @Test func `the mirror of an empty repository has the branch of its HEAD`() throws {
            let empty = self.shop.folder + "/empty"
            try self.shop.git("init", "--quiet", "-b", "later", empty)
            #expect(try self.shop.importing(empty).code == 0)
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("symbolic-ref", "HEAD", in: mirror) == "refs/heads/later")
            try self.shop.commit("one", in: empty)
            #expect(try self.shop.importing(empty).code == 0)
            #expect(try self.refs(mirror) == self.refs(empty))
        }

        @Test(arguments: ["a", "a/b"])
        func `of two refs that exclude each other the older one stays, and the others move`(
            first: String
        ) throws {
            try self.shop.git("branch", first, in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            let id = try self.shop.git("rev-parse", "main", in: self.source)
            try self.shop.commit("two", in: self.source)
            let second = first == "a" ? "a/b" : "a"
            try self.pack(id, "refs/heads/\(second)")

            let run = try self.shop.importing(self.source)
            #expect(run.code == 3)
            #expect(
                run.lines.contains {
                    $0
                        == "Warning: refs/heads/\(second) is not imported: the mirror cannot hold it "
                        + "beside refs/heads/\(first)."
                },
                "\(run.output)"
            )
            let names = try self.shop.git(
                "for-each-ref",
                "--format=%(refname)",
                in: self.shop.mirror()
            )
            #expect(names == "refs/heads/\(first)\nrefs/heads/main")
            try self.shop.git("rev-parse", "--verify", "main^", in: self.shop.mirror())
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `a ref whose name is too long for a file does not stop the others`() throws {
            let id = try self.shop.git("rev-parse", "main", in: self.source)
            let long = String(repeating: "x", count: 300)
            let deep = Array(repeating: "deep", count: 1000).joined(separator: "/")
            for name in [long, deep] { try self.pack(id, "refs/heads/\(name)") }
            let run = try self.shop.importing(self.source)
            #expect(run.code == 3)
            #expect(run.lines.last?.contains("2 refs are not imported") == true, "\(run.output)")
            let next = try self.shop.importing(self.source)
            #expect(next.code == 2)
            #expect(next.output.contains("Warning: refs/heads/xxx"))
            try self.shop.commit("two", in: self.source)
            #expect(try self.shop.importing(self.source).code == 3)
            let mirror = try self.shop.mirror()
            let main = try self.shop.git("rev-parse", "main", in: self.source)
            #expect(try self.shop.git("rev-parse", "main", in: mirror) == main)
        }

        @Test func `a branch that is not a commit does not stop the others`() throws {
            let id = try self.shop.git("rev-parse", "main^{tree}", in: self.source)
            try self.pack(id, "refs/heads/tree")
            let run = try self.shop.importing(self.source)
            #expect(run.code == 3)
            #expect(
                run.output.contains("refs/heads/tree is not imported: its object is not a commit")
            )
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `notes, replacements, the stash and symbolic refs are plain refs of the mirror`()
            throws
        {
            try self.shop.git("notes", "add", "-m", "note", in: self.source)
            try self.shop.commit("two", in: self.source)
            try self.shop.git("replace", "--graft", "main", in: self.source)
            try self.shop.git("symbolic-ref", "refs/heads/link", "refs/heads/main", in: self.source)
            try self.shop.script("echo x > one; git stash --quiet", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `loose and packed refs of an older mirror become those of the source`() throws {
            for name in ["a", "b/c", "d"] { try self.shop.git("branch", name, in: self.source) }
            #expect(try self.shop.importing(self.source).code == 0)
            let mirror = try self.shop.mirror()
            // An older version, or a person, has left refs of all kinds in the mirror.
            try self.shop.git("update-ref", "refs/heads/e/f", "main", in: mirror)
            try self.shop.git("tag", "-a", "-m", "t", "t", in: mirror)
            try self.shop.git("symbolic-ref", "refs/heads/s", "refs/heads/a", in: mirror)
            try self.shop.git("symbolic-ref", "refs/heads/dangling", "refs/heads/none", in: mirror)
            try self.shop.git("tag", "-a", "-m", "v", "v1", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            #expect(try self.refs(mirror) == self.refs(self.source))
            #expect(
                try self.shop.git("rev-parse", "v1^{}", in: mirror)
                    == self.shop.git("rev-parse", "main", in: mirror)
            )
            #expect(!FileManager.default.fileExists(atPath: "\(mirror)/refs/heads/e"))
            try self.shop.git("fsck", in: mirror)
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test func `names that a server lists but git does not allow are named and left out`()
            throws
        {
            try self.shop.commit("two", in: self.source)
            let server = try LoopbackServer(self.shop.reactor)
            server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            let url = "http://\(server.host)/source/.git"
            let id = try self.shop.git("rev-parse", "main", in: self.source)
            let bad = [
                "refs/heads", "refs/heads/@{", "refs/heads/a..b", "refs/heads/a.lock",
                "refs/heads/../../evil", "refs/heads/\u{1}c",
            ]
            try self.shop.git("update-server-info", in: self.source)
            let file = self.source + "/.git/info/refs"
            var list = try String(contentsOfFile: file, encoding: .utf8)
            for name in bad + ["refs/heads/Main", "HEAD2"] { list += "\(id)\t\(name)\n" }
            try Data(list.utf8).write(to: URL(fileURLWithPath: file))

            let run = try self.shop.importing(url)
            #expect(run.code == 3, "\(run.output)")
            #expect(run.lines.count { $0.contains("is not imported: ") } == bad.count)
            #expect(
                run.lines.last?.hasSuffix(". 6 refs are not imported, starting with refs/heads.")
                    == true
            )
            let mirror = try self.shop.mirror()
            let names = try self.shop.git("for-each-ref", "--format=%(refname)", in: mirror)
            #expect(names == "refs/heads/Main\nrefs/heads/main")
            let next = try self.shop.importing(url)
            #expect(next.code == 2)
            #expect(!next.output.contains("damaged"), "\(next.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(mirror)/evil"))

            try Data("ref: refs/heads/../../evil\n".utf8)
                .write(to: URL(fileURLWithPath: self.source + "/.git/HEAD"))
            #expect(try self.shop.importing(url).code == 2)
            #expect(try self.head(mirror) == "refs/heads/main")
        }

        @Test func `a server of plain files need not have the empty tree`() throws {
            let server = try LoopbackServer(self.shop.reactor)
            server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            try self.shop.git("init", "--quiet", "-b", "main", "empty")
            let empty = self.shop.folder + "/empty"
            for text in ["one", "two"] {
                try self.shop.git("commit", "--quiet", "--allow-empty", "-m", text, in: empty)
                try self.shop.git("update-server-info", in: empty)
                let run = try self.shop.importing("http://\(server.host)/empty/.git")
                #expect(run.code == 0)
                #expect(!run.output.contains("damaged"), "\(run.output)")
            }
        }
    }
}

#endif
