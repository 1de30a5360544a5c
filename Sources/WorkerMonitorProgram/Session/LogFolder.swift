// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Foundation
internal import Glibc
internal import WorkerMonitor

/// The folder of the job logs: creates new logs, and recovers those whose monitor was killed.
struct LogFolder: Sendable {
    let path: String

    /// Creates the log of a job.
    ///
    /// A log belongs to one attempt and is never overwritten. If another store has left a log with
    /// the same name, the new log gets a number.
    func makeLog(named name: String) throws -> JobLog {
        let stem = (name as NSString).deletingPathExtension
        var candidate = name
        var number = 2
        // Another monitor may take the name between this check and the creation. `JobLog` then
        // throws, and the job fails; this is too rare to retry.
        while self.isTaken(candidate) {
            candidate = "\(stem).\(number).log"
            number += 1
        }
        return try JobLog(path: "\(self.path)/\(candidate)")
    }

    private func isTaken(_ name: String) -> Bool {
        // A link to a file that does not exist takes the name too.
        var status = stat()
        return lstat("\(self.path)/\(name)", &status) == 0
            || lstat("\(self.path)/\(name).parts", &status) == 0
    }

    /// Assembles the logs that a killed monitor has left in parts.
    ///
    /// The call blocks.
    ///
    /// A log that is still being written is not changed. If a log cannot be assembled, its parts
    /// are kept and the next run tries again.
    func recoverAll() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        for name in names {
            // A monitor that is killed in the last step of the assembly leaves `.parts-done`.
            for suffix in [".parts", ".parts-done"] where name.hasSuffix(suffix) {
                _ = try? JobLog.recover("\(self.path)/\(name.dropLast(suffix.count))")
            }
        }
    }
}

#endif
