// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import Testing
import WorkerMonitor

extension ProgramSuite {
    /// A store that is removed, or made anew, while its job runs.
    @Suite struct LostStoreTests {
        private let place = Workplace()

        private var kept: String { "\(self.place.store).spool/job-1.json" }

        /// Runs a job that removes its own store and succeeds.
        private func loseStore() throws -> ProgramResult {
            try Program(place: self.place).monitor([
                "run", "--json", "--", "sh", "-c", #"rm "$0" "$0"-*; echo done"#, self.place.store,
            ])
        }

        private func keptReport() throws -> JobReport {
            let data = Data(self.place.read(self.kept).utf8)
            return try JSONDecoder().decode(JobReport.self, from: data)
        }

        @Test func `the result is kept, and the operator is told why and where`() throws {
            let result = try self.loseStore()
            #expect(result.exit == .exited(code: 69))
            #expect(try result.report().status == .success)
            #expect(result.err.contains("was removed or replaced"))
            #expect(result.err.contains(self.kept))
            #expect(try self.keptReport() == result.report())
        }

        @Test func `a store that was made anew is not given the result of another's job`() throws {
            let result = try self.loseStore()
            for _ in 1...2 {
                let next = try Program(place: self.place).monitor(["run", "--", "true"])
                #expect(next.exit == .exited(code: 0))
            }
            #expect(try self.keptReport() == result.report())
        }

        @Test func `a store that is put back is given the result by the next run`() throws {
            let script = #"mv "$0" "$0.away"; for f in wal shm; do cp "$0-$f" "$0.away-$f"; done"#
            let result = try Program(place: self.place).monitor([
                "run", "--json", "--", "sh", "-c", script, self.place.store,
            ])
            #expect(result.exit == .exited(code: 69))
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: self.place.store + end)
                try? FileManager.default.moveItem(
                    atPath: "\(self.place.store).away\(end)",
                    toPath: self.place.store + end
                )
            }
            let next = try Program(place: self.place).monitor(["run", "--", "true"])
            #expect(next.exit == .exited(code: 0))
            #expect(!FileManager.default.fileExists(atPath: self.kept))
        }
    }
}
