// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import Reactor
import TestSupport
import Testing

extension `End-to-end imports` {
    /// Imports that are killed at a random request, from a source that changes all the time.
    ///
    /// `./Scripts/soak-imports` does the same with hundreds of kills at random moments, and with a
    /// server that is slow.
    final class `Killed imports` {
        private enum Victim: CaseIterable { case worker, group, git, nobody }

        private let shop: Workshop
        private let server: LoopbackServer
        private let served: String
        private let source: String
        private var random = SeededGenerator(seed: 0)
        private var kills = 0

        init() throws {
            self.shop = try Workshop()
            self.server = try LoopbackServer(self.shop.reactor)
            self.served = self.shop.folder + "/x.git"
            self.source = try self.shop.repository()
            try self.shop.git("clone", "--quiet", "--mirror", self.source, self.served)
            try self.changeSource(0)
        }

        private var url: String { "http://\(self.server.host)/x.git" }

        /// Adds a commit, and deletes, nests and rewrites branches.
        private func changeSource(_ round: Int) throws {
            try self.shop.commit("round-\(round)", in: self.source)
            try self.shop.script(
                """
                git branch -q topic-\(round)
                git branch -q -D topic-\(round - 2) || true
                git branch -q -m topic-\(round - 1) topic-\(round - 1)/inner || true
                git commit -q --amend -m other
                git push -q --mirror \(self.served)
                git --git-dir=\(self.served) update-server-info
                """,
                in: self.source
            )
        }

        /// Imports, and kills a process when the server gets the `last`th request.
        private func importKilling(_ victim: Victim, atRequest last: Int) throws {
            var count = 0
            let run = try self.shop.startImporting(self.url)
            self.server.answer = { [unowned self] _ in
                count += 1
                guard count >= last else { return .file(in: self.shop.folder) }
                if count == last { self.kill(victim, of: run) }
                return victim == .nobody ? .half(in: self.shop.folder) : .never
            }
            try self.shop.turn(until: { count >= last || run.end != nil })
            // A worker whose git was killed may try again, and the server is silent.
            if victim == .git { self.server.answer = { _ in .status(503) } }
            try self.shop.wait(for: run)
            #expect(run.code != 0, "\(run.output)")
        }

        private func kill(_ victim: Victim, of run: TestProgram) {
            guard let pid = run.transport?.pid else { return }
            self.kills += 1
            switch victim {
            case .worker: try? run.transport?.signalProcess(.kill)
            case .group: try? run.transport?.signalProcess(.kill, to: .group)
            case .git:
                let children = try? String(
                    contentsOfFile: "/proc/\(pid)/task/\(pid)/children",
                    encoding: .utf8
                )
                for child in (children ?? "").split(separator: " ").compactMap({ Int32($0) }) {
                    Glibc.kill(child, SIGKILL)
                }
            case .nobody: break
            }
        }

        private func refs(_ repository: String) throws -> [String: Substring] {
            let lines = try self.shop.git(
                "for-each-ref",
                "--format=%(refname) %(objectname)",
                in: repository
            )
            let pairs = lines.split(separator: "\n").map { $0.split(separator: " ") }
            return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), $0[1]) })
        }

        @Test(arguments: [4711, 4712, 4713] as [UInt64])
        func `a mirror is complete after each kill, and equals its source after one more import`(
            seed: UInt64
        ) throws {
            self.random = SeededGenerator(seed: seed)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.shop.importing(self.url).code == 0)
            let mirror = try self.shop.mirror()
            for round in 1...4 {
                let before = try self.refs(mirror)
                try self.changeSource(round)
                let victim = Victim.allCases.randomElement(using: &self.random) ?? .worker
                try self.importKilling(
                    victim,
                    atRequest: Int.random(in: 1...7, using: &self.random)
                )
                // Only a complete import replaces refs, and it replaces all of them.
                let after = try self.refs(mirror)
                #expect(try after == before || after == self.refs(self.served))
                try self.shop.git("fsck", "--connectivity-only", in: mirror)
            }
            #expect(self.kills > 0)
            self.server.answer = { [folder = self.shop.folder] _ in .file(in: folder) }
            #expect(try self.shop.importing(self.url).code == 0)
            #expect(try self.shop.importing(self.url).code == 2)
            #expect(try self.refs(mirror) == self.refs(self.served))
            try self.shop.git("fsck", "--full", in: mirror)
            let debris = try self.shop.git("count-objects", "-v", in: mirror)
            #expect(debris.contains("garbage: 0"))
            let files = FileManager.default.subpaths(atPath: self.shop.mirrors) ?? []
            let left = files.filter { $0.contains("tmp_") || $0.hasSuffix(".part") }
            #expect(left == [] && !files.contains { $0.contains("/") && $0.hasSuffix(".lock") })
        }
    }
}

#endif
