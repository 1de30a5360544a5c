// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A store that another program keeps locked.
    @Suite struct LockedStoreTests {
        private let place = Workplace()

        /// Locks the store for writing, until what is returned goes.
        private func lock() throws -> DatabaseQueue {
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let queue = try DatabaseQueue(path: self.place.store, configuration: configuration)
            try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
            return queue
        }

        /// Runs a job; locks the store once it writes, or once it has exited; then sends SIGINT
        /// once the worker is gone, and gives how long the monitor took from there.
        private func interrupt(_ acts: [String]) throws -> (ProgramResult, Duration) {
            let place = self.place
            var lock: DatabaseQueue?
            defer { try? lock?.close() }
            var second = ContinuousClock.now
            let result = try Program(place: place).monitor(
                ["run", "--json", "--", Program.testChild] + acts,
                whenOutput: (
                    "started",
                    { reactor, transport in
                        lock = try? self.lock()
                        try? transport.signalProcess(.interrupt)
                        func look() {
                            guard place.processesLeft == [transport.pid] else {
                                reactor.callLater(.milliseconds(10)) { look() }
                                return
                            }
                            second = .now
                            try? transport.signalProcess(.interrupt)
                        }
                        look()
                    }
                )
            )
            return (result, ContinuousClock.now - second)
        }

        @Test func `a second interrupt waits for nobody`() throws {
            let (result, duration) = try self.interrupt(["line:started", "pause"])
            #expect(duration < .seconds(2))
            #expect(result.exit == .exited(code: 69))
            #expect(result.err.contains("The store did not take the result"))
            #expect(result.err.contains("A second signal ended the wait for it."))
        }

        @Test func `an interrupt before there is a job waits for nobody`() throws {
            _ = try Program(place: self.place).run(acts: ["exit:0"])
            let lock = try self.lock()
            defer { try? lock.close() }
            let began = ContinuousClock.now
            // The event: the monitor has its own handler for SIGINT, which is bit 2.
            let result = try Program(place: self.place).shell(
                """
                "$MONITOR" run --json --store "$STORE" -- true & pid=$!
                until grep -q '^SigCgt:.*[2367abef]$' /proc/$pid/status; do :; done
                kill -INT $pid
                wait $pid
                """
            )
            #expect(ContinuousClock.now - began < .seconds(3))
            #expect(result.exit == .exited(code: 75))
            #expect(result.err.contains("Interrupted by SIGINT before there was a job."))
            #expect(result.out.isEmpty)
        }
    }
}
