// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Testing

extension `End-to-end imports` {
    /// Sources that are shallow, broken in a part, or of another object format.
    struct `Unusual sources` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
        }

        private func count(_ repository: String) throws -> String {
            try self.shop.git("rev-list", "--count", "main", in: repository)
        }

        /// Makes a shallow clone of the source, with one commit.
        private func shallow() throws -> String {
            try self.shop.commit("two", in: self.source)
            try self.shop.commit("three", in: self.source)
            try self.shop.script(
                "git clone -q --bare --depth 1 file://\(self.source) ../shallow.git",
                in: self.source
            )
            return self.source.replacing("/source", with: "/shallow.git")
        }

        @Test func `a shallow source is named, and its history follows when it has more`() throws {
            let shallow = try self.shallow()
            let run = try self.shop.importing(shallow)
            #expect(run.code == 0)
            #expect(run.output.contains("The source is a shallow clone"), "\(run.output)")
            let mirror = try self.shop.mirror()
            #expect(try self.count(mirror) == "1")
            #expect(try self.shop.importing(shallow).code == 2)

            try self.shop.git("fetch", "-q", "--unshallow", self.source, in: shallow)
            let next = try self.shop.importing(shallow)
            #expect(next.code == 2)
            #expect(!next.output.contains("is a shallow clone"), "\(next.output)")
            #expect(try self.count(mirror) == "3")
            try self.shop.git("fsck", "--strict", in: mirror)
        }

        @Test(arguments: ["main", "other"])
        func `a source with SHA-256 is imported, also if its HEAD does not exist`(
            branch: String
        ) throws {
            try self.shop.script(
                """
                git init -q --object-format=sha256 -b main ../long
                cd ../long && git -c user.name=a -c user.email=a@example.org \
                    commit -q --allow-empty -m one && git symbolic-ref HEAD refs/heads/\(branch)
                """,
                in: self.source
            )
            let long = self.source.replacing("/source", with: "/long")
            let run = try self.shop.importing(long)
            #expect(run.code == 0, "\(run.output)")
            #expect(try self.count(self.shop.mirror()) == "1")
            #expect(try self.shop.importing(long).code == 2)
        }

        @Test func `a replace ref at the source is stored and not applied`() throws {
            let id = try self.shop.git("rev-parse", "main", in: self.source)
            try self.shop.git("update-ref", "refs/replace/\(id)", id, in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.script(
                """
                export GIT_NO_REPLACE_OBJECTS=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
                export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
                git update-ref refs/heads/next \
                    $(git commit-tree -p \(id) -m two $(git rev-parse '\(id)^{tree}'))
                """,
                in: self.source
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0, "\(run.output)")
        }

        @Test(arguments: [String(repeating: "1", count: 40), "", "garbage"])
        func `a ref without an object does not stop the others`(content: String) throws {
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.git("branch", "healthy", in: self.source)
            try self.shop.script(
                "printf '%s\\n' '\(content)' > .git/refs/heads/broken",
                in: self.source
            )
            let run = try self.shop.importing(self.source)
            let mirror = try self.shop.mirror()
            #expect([0, 3].contains(run.code), "\(run.output)")
            #expect(run.code == 0 || run.output.contains("refs/heads/broken"), "\(run.output)")
            #expect(
                try self.shop.git("rev-parse", "healthy", in: mirror)
                    == self.shop.git("rev-parse", "main", in: self.source)
            )
        }

        @Test(arguments: ["http:///x", "https://", "ssh:///x"])
        func `a URL without a host is refused`(url: String) throws {
            let run = try self.shop.importing(url)
            #expect(run.code == 4)
            #expect(run.output.contains("The URL has no host"), "\(run.output)")
        }
    }
}

#endif
