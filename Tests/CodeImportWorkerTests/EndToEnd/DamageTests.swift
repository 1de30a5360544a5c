// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// Mirrors that a power loss or a faulty disk has damaged.
    struct `Damaged mirrors` {
        private let shop: Workshop
        private let source: String

        init() throws {
            self.shop = try Workshop()
            self.source = try self.shop.repository()
            try self.shop.script(
                """
                for i in 2 3; do
                    head -c 300 /dev/urandom | base64 > file$i
                    git add . && git commit -q -m $i && git branch b$i
                done
                git tag -a -m v v1
                """,
                in: self.source
            )
            _ = try self.shop.importing(self.source)
        }

        /// Damages the mirror by a shell script, in which `$tip` and the like are the paths of the
        /// files of objects, and `zeros FILE OFFSET COUNT` overwrites a part of a file.
        private func damage(_ script: String, unpacked: Bool) throws {
            let prepare = """
                export GIT_DIR=$PWD
                object() { git rev-parse "$1" | sed 's,^..,objects/&/,'; }
                tip=$(object main) tree=$(object 'main^{tree}') old=$(object main~1)
                oldtree=$(object 'main~1^{tree}') blob=$(object main:file2)
                zeros() { head -c $3 /dev/zero | dd of=$1 bs=1 seek=$2 conv=notrunc status=none; }
                """
            let unpack = """
                mv objects/pack/*.pack ../pack; rm -f objects/pack/*
                git unpack-objects -q < ../pack; rm ../pack
                git for-each-ref --format='%(objectname) %(refname)' | while read id name; do
                    mkdir -p $(dirname $name); echo $id > $name
                done
                rm packed-refs
                """
            let parts = [prepare, unpacked ? unpack : "", "chmod -R u+w .", script]
            try self.shop.script(parts.joined(separator: "\n"), in: self.shop.mirror())
        }

        /// Requires that the mirror equals the source, and that git finds no error in it.
        private func expectMended() throws {
            let mirror = try self.shop.mirror()
            #expect(
                try self.shop.git("for-each-ref", in: mirror)
                    == self.shop.git("for-each-ref", in: self.source)
            )
            #expect(try self.shop.git("symbolic-ref", "HEAD", in: mirror) == "refs/heads/main")
            try self.shop.git("fsck", "--full", in: mirror)
            #expect(
                try self.shop.git("config", "remote.origin.url", in: mirror) == self.source
            )
        }

        private static let packed = [
            ": > HEAD", "echo garbage > HEAD", "zeros HEAD 0 41", "rm HEAD", "rm HEAD; mkdir HEAD",
            ": > config", "echo '[garbage' > config", "zeros config 0 60", "rm config",
            "truncate -s 30 config", "echo garbage > packed-refs", "truncate -s -30 packed-refs",
            "zeros packed-refs 60 80", "rm -r refs", "rm -r refs; : > refs",
            "rm -r objects", "rm objects/pack/*", "rm objects/pack/*.pack",
            "truncate -s 0 objects/pack/*.pack", "truncate -s 0 objects/pack/*.idx",
            "truncate -s 100 objects/pack/*.pack", "truncate -s 300 objects/pack/*.idx",
            "zeros objects/pack/*.idx 0 100", "zeros objects/pack/*.pack 100 100",
            "echo garbage > shallow", "zeros shallow 0 41", ": > objects/info/commit-graph",
            "git commit-graph write; chmod u+w objects/info/*; "
                + "truncate -s 500 objects/info/commit-graph",
            "git commit-graph write; chmod u+w objects/info/*; "
                + "zeros objects/info/commit-graph 1100 100",
            "git multi-pack-index write; chmod u+w objects/pack/*; "
                + "truncate -s 500 objects/pack/multi-pack-index",
            "git multi-pack-index write; rm objects/pack/*.pack", "rm -r *",
        ]

        private static let loose = [
            ": > refs/heads/main", ": > refs/heads/b2", ": > refs/heads/unknown",
            "find refs -type f -exec truncate -s 0 {} +", "zeros refs/heads/main 0 41",
            "echo garbage > refs/heads/b3", "truncate -s 20 refs/heads/b3",
            "echo 1234567890123456789012345678901234567890 > refs/heads/b3",
            ": > $tip", ": > $tree", ": > $old", ": > $oldtree", ": > $blob",
            "zeros $tip 0 60", "zeros $blob 0 60", "truncate -s 60 $blob", "truncate -s 60 $tree",
            "zeros $blob 60 60", "rm -f $tip", "rm -f $oldtree", "rm -f $blob",
        ]

        @Test(arguments: Self.packed.map { ($0, false) } + Self.loose.map { ($0, true) })
        func `a damaged mirror is mended in the same run`(script: String, isUnpacked: Bool) throws {
            try self.damage(script, unpacked: isUnpacked)
            try self.shop.commit("new", in: self.source)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0, "\(run.output)")
            #expect(run.lines.last?.contains("refs/heads/main") == true)
            let named = run.lines.filter {
                $0.hasPrefix("The mirror was damaged and has been mended: ")
            }
            #expect(named.count == 1, "\(run.output)")
            try self.expectMended()
            #expect(try self.shop.importing(self.source).code == 2)
        }

        @Test(arguments: [
            ": > refs/heads/main", "find refs -type f -exec truncate -s 0 {} +", ": > HEAD",
            ": > config", ": > $blob", "rm -r objects", "rm -r refs",
        ])
        func `damage is mended although the source has nothing new`(script: String) throws {
            try self.damage(script, unpacked: true)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0 || run.code == 2, "\(run.output)")
            try self.expectMended()
        }

        @Test func `a damaged mirror stays until the source can be cloned again`() throws {
            try self.damage("rm -f $tree; echo mine > note", unpacked: true)
            try self.shop.commit("new", in: self.source)
            let moved = self.source + ".moved"
            try FileManager.default.moveItem(atPath: self.source, toPath: moved)
            #expect(try self.shop.importing(self.source).code == 4)
            let mirror = try self.shop.mirror()
            let refs = try self.shop.git("rev-parse", "main", in: mirror)

            // The list of refs can be read, but not the objects.
            try self.shop.git("clone", "--quiet", "--bare", moved, self.source)
            try self.shop.script("rm -f objects/pack/*.pack objects/??/*", in: self.source)
            #expect(try self.shop.importing(self.source).code == 7)
            #expect(try self.shop.git("rev-parse", "main", in: mirror) == refs)
            #expect(FileManager.default.fileExists(atPath: "\(mirror)/note"))

            try FileManager.default.removeItem(atPath: self.source)
            try FileManager.default.moveItem(atPath: moved, toPath: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.expectMended()
        }

        @Test func `a run that could not mend the mirror leaves that to the next one`() throws {
            try self.damage(": > $blob", unpacked: true)
            let moved = self.source + ".moved"
            try FileManager.default.moveItem(atPath: self.source, toPath: moved)
            let run = try self.shop.importing(self.source)
            #expect(run.code == 4)
            #expect(run.lines.last?.hasPrefix("Failed: The mirror is damaged (") == true)
            try FileManager.default.moveItem(atPath: moved, toPath: self.source)
            // The empty file is gone, and nothing is new at the source.
            #expect(try self.shop.importing(self.source).code == 2)
            try self.expectMended()
        }

        @Test func `settings and files of an operator survive a new clone`() throws {
            let files = "mkdir hooks info; echo x > hooks/post-update; echo x > info/attributes"
            try self.damage(
                "git config gc.auto 12; \(files); echo x > note; rm -f $tree",
                unpacked: true
            )
            try self.shop.commit("new", in: self.source)
            #expect(try self.shop.importing(self.source).code == 0)
            try self.expectMended()
            let mirror = try self.shop.mirror()
            #expect(try self.shop.git("config", "gc.auto", in: mirror) == "12")
            for file in ["hooks/post-update", "info/attributes", "note"] {
                #expect(FileManager.default.fileExists(atPath: "\(mirror)/\(file)"))
            }
        }

        @Test func `damage at the source is not blamed on the mirror`() throws {
            try self.shop.commit("new", in: self.source)
            try self.shop.script(
                "rm -f $(git rev-parse 'HEAD^{tree}' | sed 's,^..,.git/objects/&/,')",
                in: self.source
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == 7)
            #expect(!run.output.contains("has been mended"))
            try self.shop.git("fsck", "--full", in: self.shop.mirror())
        }

        @Test func `an empty mirror follows its source to another object format`() throws {
            for format in ["sha256", "sha1"] {
                let source = self.shop.folder + "/from-\(format)"
                try self.shop.git("init", "--quiet", "--object-format=\(format)", source)
                let mirrors = self.shop.folder + "/mirrors-\(format)"
                #expect(try self.shop.worker("git", source, "--into", mirrors).code == 0)
                try FileManager.default.removeItem(atPath: source)
                let other = format == "sha1" ? "sha256" : "sha1"
                try self.shop.git("init", "--quiet", "--object-format=\(other)", source)
                try self.shop.commit("one", in: source)
                let run = try self.shop.worker("git", source, "--into", mirrors)
                #expect(run.code == 0, "\(run.output)")
                #expect(try self.shop.worker("git", source, "--into", mirrors).code == 2)
            }
        }

        @Test func `a mirror that was being replaced when its worker was killed comes back`() throws
        {
            let mirror = try self.shop.mirror()
            let name = try #require(self.shop.mirrorNames.first).dropLast(4)
            let old = "\(self.shop.mirrors)/.\(name).12.old"
            try FileManager.default.moveItem(atPath: mirror, toPath: old)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(self.shop.mirrorNames == ["\(name).git"])
            try self.shop.script("cp -r \(mirror) \(old)", in: self.shop.mirrors)
            #expect(try self.shop.importing(self.source).code == 2)
            #expect(self.shop.mirrorNames == ["\(name).git"])
        }
    }
}

#endif
