// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import WorkerMonitor

/// A store of jobs could not do what it was asked.
public struct JobStoreError: LastingSchedulerFailure, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name, for logs.
        public let description: String

        /// The file cannot be opened or made where it is said to be.
        public static let cannotOpen = Code(description: "cannot open")
        /// The file is not a store of jobs, and was left as it is.
        public static let notAJobStore = Code(description: "not a job store")
        /// A newer version of the program has been at the store, which was left as it is.
        public static let newerSchema = Code(description: "newer schema")
        /// The store may not be written to.
        public static let readOnly = Code(description: "read-only")
        /// There is no room for what was to be written, and nothing of it was.
        public static let diskFull = Code(description: "disk full")
        /// The file was removed, moved or replaced after the store was opened; the store can do
        /// nothing more.
        public static let removed = Code(description: "removed")
        /// Others kept the store locked for too long; nothing was done, and it may be tried again.
        public static let busy = Code(description: "busy")
        /// The content of the store contradicts itself.
        public static let damaged = Code(description: "damaged")
        /// Reading or writing failed in another way, or the store has been closed.
        public static let failed = Code(description: "failed")
        /// There is no such import.
        public static let noSuchImport = Code(description: "no such import")
        /// There is no such machine.
        public static let noSuchMachine = Code(description: "no such machine")
        /// The import is not to be ordered.
        public static let invalidImport = Code(description: "invalid import")
        /// A monitor that is alive has the job, or another job of the same import.
        public static let alreadyRunning = Code(description: "already running")
        /// The machine takes no jobs.
        public static let machineNotOnline = Code(description: "machine not online")
    }

    /// What kind of failure it was.
    public var code: Code
    /// The store's file.
    public var path: String
    /// What was wrong and what would be right, in full sentences.
    public var detail: String

    /// Makes an error; tests and fakes do.
    public init(code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// Whether no further try can help: the file that has the job is out of reach for this program.
    public var isLasting: Bool { self.code == .removed }

    /// A full sentence that names the store, what was wrong, and what would be right.
    public var description: String { "Job store \(self.path): \(self.detail)" }
}
