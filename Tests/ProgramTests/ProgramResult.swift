// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reactor
import WorkerMonitor

/// What a run of a program gave.
struct ProgramResult {
    var exit: ProcessExit
    var out: String
    var err: String
    var maximumResidentBytes: Int

    /// The object that `--json` printed: the last line of standard output.
    func report() throws -> JobReport {
        let line = self.out.split(separator: "\n").last ?? ""
        return try JSONDecoder().decode(JobReport.self, from: Data(line.utf8))
    }
}
