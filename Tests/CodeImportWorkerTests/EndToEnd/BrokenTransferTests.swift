// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// A server that lists the new refs but does not send their objects.
    struct `Broken transfers` {
        private let shop: Workshop
        private let server: LoopbackServer
        private let source: String
        private let url: String

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
            self.url = "http://\(self.server.host)/source/.git"
            self.source = try self.shop.repository()
            try self.shop.git("branch", "a", in: self.source)
            try self.shop.git("branch", "b", in: self.source)
            try self.serve(withObjects: true)
        }

        private func serve(withObjects: Bool) throws {
            try self.shop.git("update-server-info", in: self.source)
            self.server.answer = { [folder = self.shop.folder] request in
                withObjects || !request.path.contains("/objects/")
                    ? .file(in: folder) : .status(503)
            }
        }

        private func refs(_ repository: String) throws -> String {
            try self.shop.git("for-each-ref", in: repository)
        }

        @Test(arguments: [
            "git branch -m a c", "git branch -m a a/b", "git branch -D a b",
            "git branch -D b && git branch b/b",
        ])
        func `no ref is deleted before its successors have arrived`(change: String) throws {
            #expect(try self.shop.importing(self.url).code == 0)
            let mirror = try self.shop.mirror()
            let before = try self.refs(mirror)
            try self.shop.commit("two", in: self.source)
            try self.shop.script(change, in: self.source)
            try self.serve(withObjects: false)
            let run = try self.shop.importing(self.url)
            #expect(run.code != 0 && run.code != 2)
            #expect(try self.refs(mirror) == before)

            try self.serve(withObjects: true)
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(try self.refs(mirror) == self.refs(self.source))
            try self.shop.git("fsck", in: mirror)
        }

        @Test func `a rename at the source needs no objects`() throws {
            #expect(try self.shop.importing(self.url).code == 0)
            try self.shop.git("branch", "-m", "a", "a/b", in: self.source)
            try self.serve(withObjects: false)
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
        }

        @Test(arguments: [0, 2])
        func `a source that changes after it has listed its refs is listed again`(version: Int)
            throws
        {
            try self.shop.git("config", "--global", "protocol.version", "\(version)")
            #expect(try self.shop.importing(self.source).code == 0)
            try self.shop.commit("two", in: self.source)
            let git = try #require(
                (self.shop.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/git" }
                    .first { FileManager.default.isExecutableFile(atPath: $0) }
            )
            // Between the two requests the commit is replaced and removed.
            try self.shop.fakeGit(
                """
                case " $* " in *" fetch "*) if [ ! -e \(self.shop.folder)/changed ]; then
                    touch \(self.shop.folder)/changed
                    cd \(self.source)
                    \(git) commit -q --amend -m amended
                    \(git) reflog expire --expire=now --all
                    \(git) gc -q --prune=now
                    cd /
                fi;; esac
                exec \(git) "$@"
                """
            )
            let run = try self.shop.importing(self.source)
            #expect(run.code == 0, "\(run.output)")
            #expect(
                run.lines.contains(
                    "The source has changed since it listed its refs. Listing again."
                )
            )
            #expect(try self.refs(self.shop.mirror()) == self.refs(self.source))
        }
    }
}

#endif
