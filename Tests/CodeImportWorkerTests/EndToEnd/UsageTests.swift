// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Reactor
import Testing

extension `End-to-end imports` {
    struct `Command line of the worker` {
        private let shop: Workshop

        init() throws { self.shop = try Workshop() }

        @Test(arguments: ["svn", "bzr", "cvs", "hg", "bzr-svn", "darcs"])
        func `another source type prints one line and exits with 5`(type: String) throws {
            let run = try self.shop.worker(type, "https://h/x", "--into", "m", "--strange")
            #expect(run.code == 5)
            #expect(run.output.isEmpty)
            #expect(
                run.errors
                    == "code-import-worker: Source type '\(type)' is not supported; only git is.\n"
            )
        }

        @Test(arguments: [
            [], ["git"], ["git", "https://h/x"], ["git", "--into", "m"], ["--into", "m"], ["-x"],
            ["git", "https://h/x", "--into", "m", "--strange"], ["git", "", "--into", "m"],
            ["git", "a", "b", "--into", "m"], ["git", "https://h/x\n", "--into", "m"],
        ])
        func `wrong usage exits with 64, never with 2`(arguments: [String]) throws {
            let run = try self.shop.worker(arguments)
            #expect(run.code == 64)
            #expect(run.output.isEmpty)
        }

        @Test(arguments: [["--help"], ["git", "--help"], ["help", "git"]])
        func `the help lists the exit codes`(arguments: [String]) throws {
            let run = try self.shop.worker(arguments)
            #expect(run.code == 0)
            #expect(run.output.contains("   2  nothing has changed"))
            #expect(!run.lines.contains { $0.utf8.count > 80 })
        }

        @Test func `a login in a wrong command line is not printed`() throws {
            let url = "https://u:hunter2@h/x"
            let run = try self.shop.worker("git", url, url, "--into", "m")
            #expect(run.code == 64)
            #expect(run.errors.contains("https://***@h/x") && !run.errors.contains("hunter2"))
        }
    }
}

#endif
