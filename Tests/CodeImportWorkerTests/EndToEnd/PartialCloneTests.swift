// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Testing

extension `End-to-end imports` {
    /// Sources that lack objects because they were cloned with a filter.
    struct `Partial clones as sources` {
        private let shop: Workshop
        private let witness: LoopbackServer
        private let partial: String

        init() throws {
            self.shop = try Workshop()
            self.witness = try LoopbackServer(self.shop.reactor)
            self.partial = self.shop.folder + "/partial"
            let source = try self.shop.repository()
            try self.shop.script("seq 1000 > big; git add .; git commit -q -m two", in: source)
            try self.shop.git("config", "uploadpack.allowFilter", "true", in: source)
        }

        private func clone(_ filter: String) throws {
            try self.shop.git(
                "clone",
                "--quiet",
                "--bare",
                "--filter=\(filter)",
                "file://\(self.shop.folder)/source",
                self.partial
            )
            let other = "http://\(self.witness.host)/x.git"
            try self.shop.git("config", "remote.origin.url", other, in: self.partial)
        }

        @Test(arguments: ["blob:none", "tree:0", "blob:limit=1k"], [nil, "0"])
        func `an import exits with 7, says why, and does not connect to the promisor`(
            filter: String,
            operatorsSetting: String?
        ) throws {
            try self.clone(filter)
            self.shop.environment["GIT_NO_LAZY_FETCH"] = operatorsSetting
            for url in [self.partial, "file://\(self.partial)"] {
                let run = try self.shop.importing(url)
                #expect(run.code == 7)
                #expect(
                    run.lines.last?.hasPrefix("Failed: The source is a partial clone,") == true,
                    "\(run.output)"
                )
                #expect(self.witness.requests.isEmpty)
                #expect(self.shop.mirrorNames.isEmpty)
            }
        }

        @Test func `a mirror stays complete when its source becomes a partial clone`() throws {
            try self.shop.git("clone", "--quiet", "--bare", "source", self.partial)
            #expect(try self.shop.importing(self.partial).code == 0)
            try self.shop.commit("three", in: self.shop.folder + "/source")
            try FileManager.default.removeItem(atPath: self.partial)
            try self.clone("blob:none")
            #expect(try self.shop.importing(self.partial).code == 7)
            #expect(self.witness.requests.isEmpty)
            try self.shop.git("fsck", "--full", in: self.shop.mirror())
        }

        @Test func `a partial clone that has all objects can be imported`() throws {
            try self.clone("blob:limit=1m")
            #expect(try self.shop.importing(self.partial).code == 0)
            try self.shop.git("fsck", "--full", in: self.shop.mirror())
            #expect(self.witness.requests.isEmpty)
        }
    }
}

#endif
