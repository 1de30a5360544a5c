// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import Glibc
import GRDB
import Reactor
import TestSupport
import Testing
import WorkerMonitor

extension ProgramSuite {
    @Suite struct `Git import` {
        private let workplace = Workplace()

        /// Creates a repository with one commit and returns its path.
        private func makeRepository() throws -> String {
            let path = self.workplace.path("project")
            try self.shell(
                "git init -q -b main '\(path)' && cd '\(path)' && echo one > file && git add file"
            )
            try self.commit(in: path)
            return path
        }

        private func commit(in path: String) throws {
            let name = "-c user.name=Test -c user.email=test@example.org"
            try self.shell("cd '\(path)' && git \(name) commit -q --allow-empty -m change")
        }

        private func shell(_ script: String) throws {
            let result = try Program(workplace: self.workplace).monitor([
                "run", "--quiet", "--", "sh", "-c", script,
            ])
            try #require(result.exit.isSuccess, "\(result.err)")
        }

        private func importGit(_ url: String) throws -> (result: ProgramResult, report: JobReport) {
            let mirrors = self.workplace.path("mirrors")
            let result = try Program(workplace: self.workplace).monitor(
                ["import", "git", "--json", "--into", mirrors, "--", url])
            return (result, try result.report())
        }

        @Test func `a repository is cloned first and later only new commits are fetched`()
            throws
        {
            let repository = try self.makeRepository()
            let first = try self.importGit(repository)
            #expect(first.report.status == .success, "\(first.result.err) \(first.report.tail)")
            #expect(first.result.exit == .exited(code: 0))
            let second = try self.importGit(repository)
            #expect(second.report.status == .successNoChange)
            #expect(second.report.exitCode == 2)
            #expect(second.result.exit == .exited(code: 0))
            try self.commit(in: repository)
            #expect(try self.importGit(repository).report.status == .success)
        }

        @Test func `the login of a URL is not kept, and a new one is the same import`() throws {
            for login in ["user:hunter2@", "user:hunter3@", ""] {
                let (result, report) = try self.importGit("http://\(login)127.0.0.1:1/x")
                #expect(!report.status.isSuccess)
                #expect(!(result.err + report.tail).contains("hunter"))
            }
            let files = FileManager.default.subpaths(atPath: self.workplace.folder) ?? []
            for file in files {
                #expect(
                    !self.workplace.read(self.workplace.path(file)).contains("hunter"),
                    "\(file)"
                )
            }
            let store = try DatabaseQueue(path: self.workplace.store)
            #expect(
                try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM imports") } == 1
            )
        }

        @Test func `a source that goes silent is a temporary failure of its host`() throws {
            let listener = try SilentListener()
            defer { withExtendedLifetime(listener) {} }
            let url = "git://127.0.0.1:\(listener.port)/x.git"
            let result = try Program(workplace: self.workplace).monitor([
                "import", "git", "--json", "--stall-timeout", "1", "--", url,
            ])
            let report = try result.report()
            #expect(report.status == .failureTemporary)
            #expect(report.fault == .host)
            #expect(report.reason?.hasPrefix("The transfer stalled") == true)
            #expect(result.exit == .exited(code: 1))
            #expect(result.err.contains("does not count against the import"))
            #expect(self.workplace.processesLeft.isEmpty)
        }

        @Test func `a mirror that is busy hands the job back`() throws {
            let repository = try self.makeRepository()
            #expect(try self.importGit(repository).report.status == .success)
            let mirrors = self.workplace.path("mirrors")
            let lock = try #require(
                try FileManager.default.contentsOfDirectory(atPath: mirrors).first {
                    $0.hasSuffix(".lock")
                }
            )
            let file = open("\(mirrors)/\(lock)", O_RDWR | O_CLOEXEC)
            defer { close(file) }
            try #require(flock(file, LOCK_EX | LOCK_NB) == 0)
            let (result, report) = try self.importGit(repository)
            #expect(result.exit == .exited(code: 75))
            #expect(report.fault == .machine)
            #expect(report.exitCode == 71)
            #expect(report.retryAfter == 60)
            #expect(report.reason?.contains("is working on") == true)
            #expect(result.err.contains("handed back"))
            flock(file, LOCK_UN)
            #expect(try self.importGit(repository).report.status == .successNoChange)
        }

        @Test func `an access policy is checked before the job and obeyed by it`() throws {
            let mirrors = self.workplace.path("mirrors")
            func run(_ rules: String) throws -> ProgramResult {
                self.workplace.write(rules, to: "rules")
                return try Program(workplace: self.workplace).monitor([
                    "import", "git", "--json", "--into", mirrors, "--access-policy",
                    self.workplace.path("rules"), "--", self.workplace.path("project"),
                ])
            }
            let wrong = try run("allow scheme https\npermit all")
            #expect(wrong.exit == .exited(code: 64))
            #expect(wrong.err.contains("Line 2 of the access policy"))
            #expect(!FileManager.default.fileExists(atPath: self.workplace.store))
            let report = try run("allow scheme https").report()
            #expect(report.status == .failureForbidden)
            #expect(report.exitCode == 6)
            #expect(report.tail.contains("The missing rule is: allow scheme file"))
        }

        @Test func `a missing repository fails as invalid`() throws {
            let (result, report) = try self.importGit(self.workplace.path("nonesuch"))
            #expect(report.status == .failureInvalid)
            #expect(report.fault == .source)
            #expect(report.exitCode == 4)
            #expect(result.exit == .exited(code: 1))
            #expect(report.tail.contains("nonesuch"))
        }
    }
}

#endif
