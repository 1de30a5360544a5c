// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import WorkerMonitor

/// The folder of the jobs' logs: makes new ones, and puts those together whose monitor was killed.
struct LogFolder: Sendable {
    let path: String

    /// Opens the log of a job.
    ///
    /// A log belongs to one attempt and is never written over: where another store has left one of
    /// the same name, this one gets a number.
    func makeLog(named name: String) throws -> JobLog {
        let stem = (name as NSString).deletingPathExtension
        var candidate = name
        var number = 2
        // Another monitor may take a name in between; JobLog then says so, and the job fails: once
        // in a lifetime.
        while self.isTaken(candidate) {
            candidate = "\(stem).\(number).log"
            number += 1
        }
        return try JobLog(path: "\(self.path)/\(candidate)")
    }

    private func isTaken(_ name: String) -> Bool {
        let files = FileManager.default
        return files.fileExists(atPath: "\(self.path)/\(name)")
            || files.fileExists(atPath: "\(self.path)/\(name).parts")
    }

    /// Puts logs together that a killed monitor has left in parts; blocking.
    ///
    /// One that is still being written is left alone, as is one that cannot be put together: its
    /// parts stay, and the next run tries again.
    func recoverAll() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: self.path)) ?? []
        for name in names {
            // The second is what is left where a monitor was killed in its last step.
            for end in [".parts", ".parts-done"] where name.hasSuffix(end) {
                _ = try? JobLog.recover("\(self.path)/\(name.dropLast(end.count))")
            }
        }
    }
}
