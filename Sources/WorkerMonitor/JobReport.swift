// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How a job ended: what the scheduler is told, and what `--json` prints.
public struct JobReport: Sendable, Hashable, Codable {
    /// A signal that the monitor sent to the worker.
    public struct SentSignal: Sendable, Hashable, Codable {
        /// Its name, for example "SIGINT".
        public var signal: String
        /// "leader" or "group".
        public var to: String
        /// When, in seconds since the worker was started.
        public var at: Double

        /// Makes a record.
        public init(signal: String, to: String, at: Double) {
            self.signal = signal
            self.to = to
            self.at = at
        }
    }

    /// A process that could not be ended.
    public struct Survivor: Sendable, Hashable, Codable {
        /// Its process id.
        public var pid: Int32
        /// Its command name.
        public var command: String
        /// Its state letter, as in proc(5).
        public var state: String

        /// Makes a record.
        public init(pid: Int32, command: String, state: String) {
            self.pid = pid
            self.command = command
            self.state = state
        }
    }

    /// The attempt.
    public var jobID: Int64
    /// What the scheduler is to remember.
    public var status: CodeImportResultStatus
    /// Why the job ended.
    public var cause: JobCause
    /// The worker's exit code, if it ended by itself, whatever the cause.
    public var exitCode: Int32?
    /// The name of the signal that ended the worker, if one did.
    public var signal: String?
    /// What the monitor sent, in order.
    public var signalsSent: [SentSignal]
    /// How many heartbeats the scheduler accepted.
    public var heartbeats: Int
    /// Where the log is; nil if there is none.
    public var logPath: String?
    /// How long the log is, in bytes.
    public var logBytes: Int64
    /// How many bytes the worker wrote.
    public var outputBytes: Int64
    /// The newest lines of the output.
    public var tail: String
    /// Processes of the worker's group that even SIGKILL did not end.
    public var survivors: [Survivor]
    /// Whether others still had the worker's output open when it was closed.
    public var cutOff: Bool
    /// Seconds from the start of the worker to the end of the job.
    public var duration: Double

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case status
        case cause
        case exitCode = "exit_code"
        case signal
        case signalsSent = "signals_sent"
        case heartbeats
        case logPath = "log_path"
        case logBytes = "log_bytes"
        case outputBytes = "output_bytes"
        case tail
        case survivors
        case cutOff = "cut_off"
        case duration
    }

    /// Makes a report of a job that has done nothing yet.
    public init(jobID: Int64, status: CodeImportResultStatus, cause: JobCause) {
        self.jobID = jobID
        self.status = status
        self.cause = cause
        self.signalsSent = []
        self.heartbeats = 0
        self.logBytes = 0
        self.outputBytes = 0
        self.tail = ""
        self.survivors = []
        self.cutOff = false
        self.duration = 0
    }

    /// Writes `null` for what is not known rather than leaving it out, so that readers find every
    /// key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.jobID, forKey: .jobID)
        try container.encode(self.status, forKey: .status)
        try container.encode(self.cause, forKey: .cause)
        try container.encode(self.exitCode, forKey: .exitCode)
        try container.encode(self.signal, forKey: .signal)
        try container.encode(self.signalsSent, forKey: .signalsSent)
        try container.encode(self.heartbeats, forKey: .heartbeats)
        try container.encode(self.logPath, forKey: .logPath)
        try container.encode(self.logBytes, forKey: .logBytes)
        try container.encode(self.outputBytes, forKey: .outputBytes)
        try container.encode(self.tail, forKey: .tail)
        try container.encode(self.survivors, forKey: .survivors)
        try container.encode(self.cutOff, forKey: .cutOff)
        try container.encode(self.duration, forKey: .duration)
    }
}
