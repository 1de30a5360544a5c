// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Foundation
import GRDB
import Reactor
import TestSupport
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A store that another program keeps locked.
    @Suite struct `Locked store` {
        private let workplace = Workplace()

        /// Locks the store for writing until the returned queue is closed.
        private func lock() throws -> DatabaseQueue {
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            // The monitor may be writing its first heartbeat at this moment.
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: self.workplace.store, configuration: configuration)
            try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            return queue
        }

        /// Runs a job and interrupts the monitor twice while the store is locked.
        ///
        /// Once the job has written "started", this method locks the store and sends SIGINT. Once
        /// the worker is gone, it sends the second SIGINT and measures how long the monitor takes
        /// to exit.
        private func interrupt(_ acts: [String]) throws -> (ProgramResult, Duration) {
            let workplace = self.workplace
            var lock: DatabaseQueue?
            defer { try? lock?.close() }
            var second = ContinuousClock.now
            let result = try Program(workplace: workplace).monitor(
                ["run", "--json", "--", testChild] + acts,
                whenOutput: (
                    "started",
                    { reactor, transport in
                        do {
                            lock = try self.lock()
                        } catch {
                            Issue.record(error, "The test cannot lock the store.")
                        }
                        try? transport.signalProcess(.interrupt)
                        func poll() {
                            guard workplace.processesLeft == [transport.pid] else {
                                reactor.callLater(.milliseconds(10)) { poll() }
                                return
                            }
                            second = .now
                            try? transport.signalProcess(.interrupt)
                        }
                        poll()
                    }
                )
            )
            return (result, ContinuousClock.now - second)
        }

        @Test func `a second interrupt does not wait for the store`() throws {
            let (result, duration) = try self.interrupt(["line:started", "pause"])
            #expect(duration < .seconds(2))
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("The store did not accept the result"))
            #expect(result.err.contains("A second signal ended the wait for a response."))
        }

        @Test func `an interrupt before there is a job does not wait for the store`() throws {
            _ = try Program(workplace: self.workplace).run(acts: ["exit:0"])
            let lock = try self.lock()
            defer { try? lock.close() }
            let began = ContinuousClock.now
            // The script waits until the monitor has handlers for SIGINT (bit 2 of the mask) and
            // for SIGTERM (bit 15), which it installs next. The shell that becomes the monitor may
            // have a handler for SIGINT of its own, even for a moment after the process has its new
            // name, but never one for SIGTERM.
            let result = try Program(workplace: self.workplace).shell(
                """
                "$MONITOR" run --json --store "$STORE" -- true & pid=$!
                until grep -q '^worker-monitor$' /proc/$pid/comm &&
                    grep -q '^SigCgt:.*[4-7c-f]..[2367abef]$' /proc/$pid/status; do :; done
                kill -INT $pid
                wait $pid
                """
            )
            #expect(ContinuousClock.now - began < .seconds(3))
            #expect(result.exit == .exited(code: 75))
            #expect(result.err.contains("SIGINT arrived before the job was created."))
            #expect(result.out.isEmpty)
        }
    }
}

extension ProgramSuite {
    /// A store that is removed or replaced while its job runs.
    @Suite struct `Lost store` {
        private let workplace = Workplace()

        private var spooledPath: String { "\(self.workplace.store).spool/job-1.json" }

        /// Runs a job that removes its own store and succeeds.
        private func loseStore() throws -> ProgramResult {
            try Program(workplace: self.workplace).monitor([
                "run", "--json", "--", "sh", "-c", #"rm "$0" "$0"-*; echo done"#,
                self.workplace.store,
            ])
        }

        private func spooledReport() throws -> JobReport {
            let data = Data(self.workplace.read(self.spooledPath).utf8)
            return try JSONDecoder().decode(JobReport.self, from: data)
        }

        @Test func `the result is spooled and the message says why and where`() throws {
            let result = try self.loseStore()
            #expect(result.exit == .exited(code: 69))
            #expect(try result.report().status == .success)
            #expect(result.err.contains("was removed or replaced"))
            #expect(result.err.contains(self.spooledPath))
            #expect(try self.spooledReport() == result.report())
        }

        @Test func `a new store is not given the result of a job of the old one`() throws {
            let result = try self.loseStore()
            for _ in 1...2 {
                let next = try Program(workplace: self.workplace).monitor(["run", "--", "true"])
                #expect(next.exit == .exited(code: 0))
            }
            #expect(try self.spooledReport() == result.report())
        }

        @Test func `the next run delivers the result to a store that was put back`() throws {
            let script = #"mv "$0" "$0.away"; for f in wal shm; do cp "$0-$f" "$0.away-$f"; done"#
            let result = try Program(workplace: self.workplace).monitor([
                "run", "--json", "--", "sh", "-c", script, self.workplace.store,
            ])
            #expect(result.exit == .exited(code: 69))
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: self.workplace.store + end)
                try? FileManager.default.moveItem(
                    atPath: "\(self.workplace.store).away\(end)",
                    toPath: self.workplace.store + end
                )
            }
            let next = try Program(workplace: self.workplace).monitor(["run", "--", "true"])
            #expect(next.exit == .exited(code: 0))
            #expect(!FileManager.default.fileExists(atPath: self.spooledPath))
        }
    }
}

#endif
