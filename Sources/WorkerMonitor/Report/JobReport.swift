// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The reason why a job ended.
///
/// The cause says what happened first. The worker may have exited with code 0 although the cause is
/// a timeout, for example if it reacted to the monitor's SIGINT.
public enum JobCause: String, Sendable, Hashable, Codable, CaseIterable {
    /// The worker exited without being stopped by the monitor.
    case exit
    /// The worker died from a signal that the monitor did not send, or its exit status is unknown.
    case signal
    /// The kernel killed the worker because memory ran out.
    ///
    /// The worker died from a SIGKILL that the monitor did not send, and meanwhile the kernel
    /// counted an out-of-memory kill in the control group of the job.
    case outOfMemory = "out_of_memory"
    /// The worker wrote no output for the length of the inactivity timeout.
    case inactivityTimeout = "inactivity_timeout"
    /// The worker ran longer than the limit on its total run time.
    case deadline
    /// The scheduler accepted no heartbeat until shortly before the lease of the job expired, or
    /// did not return the data of the job.
    case heartbeatFailed = "heartbeat_failed"
    /// The scheduler no longer knew the job.
    case jobGone = "job_gone"
    /// The worker could not be started.
    case spawnFailed = "spawn_failed"
    /// The job's log could not be created, or the output could not be written to it.
    case logFailed = "log_failed"
    /// The monitor received a signal to stop.
    case interrupted
}

/// The record of a finished job, as it is sent to the scheduler and printed by `--json`.
public struct JobReport: Sendable, Hashable, Codable {
    /// A signal that the monitor sent to the worker.
    public struct SentSignal: Sendable, Hashable, Codable {
        /// The name of the signal, for example "SIGINT".
        public var signal: String
        /// The target of the signal: "leader" for the worker alone, or "group".
        public var to: String
        /// The time of the signal, in seconds since the start of the worker.
        public var at: Double

        /// Creates the record of one signal.
        public init(signal: String, to: String, at: Double) {
            self.signal = signal
            self.to = to
            self.at = at
        }
    }

    /// A process that was still alive when the monitor gave it up.
    public struct Survivor: Sendable, Hashable, Codable {
        /// The process id.
        public var pid: Int32
        /// The name of the command, at most 15 bytes; see proc_pid_comm(5).
        public var command: String
        /// The letter of the process state, for example "D"; see proc_pid_stat(5).
        public var state: String

        /// Creates the record of one process.
        public init(pid: Int32, command: String, state: String) {
            self.pid = pid
            self.command = command
            self.state = state
        }
    }

    /// The id of the attempt.
    public var jobID: Int64
    /// The result of the job.
    public var status: CodeImportResultStatus
    /// The reason why the job ended.
    public var cause: JobCause
    /// The exit code of the worker, or `nil` if it did not exit by itself or was not started.
    public var exitCode: Int32?
    /// The one that is at fault, or `nil` if the job did not fail or the fault is unknown.
    public var fault: JobFault?
    /// The time to wait before the next attempt, in seconds, or `nil` if the worker named none.
    ///
    /// A host that is overloaded may ask for it, and a worker may propose it. It is at most
    /// one day.
    public var retryAfter: Int?
    /// The reason for the failure in sentences, or `nil` if the job did not fail.
    public var reason: String?
    /// The name of the signal that the worker died from, or `nil` if it did not die from a signal.
    public var signal: String?
    /// The signals that the monitor sent to the worker and its process group, in order.
    public var signalsSent: [SentSignal]
    /// How many heartbeats the scheduler accepted while the worker was running.
    ///
    /// The last heartbeat, which is sent after the end of the worker, does not count.
    public var heartbeats: Int
    /// The path of the log, or `nil` if the job has no log file.
    public var logPath: String?
    /// The length of the log, in bytes.
    public var logBytes: Int64
    /// How many bytes of output the worker wrote to the log, including bytes that were cut later.
    public var outputBytes: Int64
    /// The newest lines of the output; see ``LogTail``.
    public var tail: String
    /// The processes of the worker's group that were still alive after SIGKILL.
    public var survivors: [Survivor]
    /// Whether other processes still had the worker's output open when the monitor closed it.
    public var cutOff: Bool
    /// The time from the start of the worker to the end of the job, in seconds.
    public var duration: Double
    /// The processor time of the worker in user mode, in seconds, or `nil` if it is unknown.
    ///
    /// This number and the next two include the children that the worker waited for, but no other
    /// descendants. They are unknown if the worker was not started or not reaped.
    public var cpuUser: Double?
    /// The processor time of the worker in the kernel, in seconds, or `nil` if it is unknown.
    public var cpuSystem: Double?
    /// The largest resident set size of the worker, in bytes, or `nil` if it is unknown.
    ///
    /// The number is never less than the size of the monitor at the start of the worker;
    /// see `ResourceUsage`.
    public var peakMemoryBytes: Int64?
    /// How many processes in the control group of the job the kernel killed while the job ran,
    /// because memory ran out, or `nil` if the kernel does not tell.
    ///
    /// The job shares the control group of the monitor. So the number includes other processes in
    /// the group, and excludes descendants of the job that were moved to another group.
    public var oomKills: Int64?

    /// Whether the job has no result, because its end says nothing about it: the scheduler makes it
    /// pending again.
    ///
    /// A job whose heartbeats failed has a result although this machine is at fault. A result can
    /// wait in the ``ReportSpool`` for a scheduler that does not respond; a hand-back cannot.
    public var isHandedBack: Bool {
        switch self.cause {
        case .interrupted: true
        case .heartbeatFailed: false
        default: self.fault == .machine
        }
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case status
        case cause
        case exitCode = "exit_code"
        case fault
        case retryAfter = "retry_after"
        case reason
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
        case cpuUser = "cpu_user"
        case cpuSystem = "cpu_system"
        case peakMemoryBytes = "peak_memory_bytes"
        case oomKills = "oom_kills"
    }

    /// Creates a report of a job without a worker: every optional field is `nil`, and every list
    /// and number is empty or 0.
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

    /// Encodes every field, with `null` for `nil`.
    ///
    /// The synthesized method would leave out the keys of `nil` values, and programs that read the
    /// JSON would have to expect missing keys.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.jobID, forKey: .jobID)
        try container.encode(self.status, forKey: .status)
        try container.encode(self.cause, forKey: .cause)
        try container.encode(self.exitCode, forKey: .exitCode)
        try container.encode(self.fault, forKey: .fault)
        try container.encode(self.retryAfter, forKey: .retryAfter)
        try container.encode(self.reason, forKey: .reason)
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
        try container.encode(self.cpuUser, forKey: .cpuUser)
        try container.encode(self.cpuSystem, forKey: .cpuSystem)
        try container.encode(self.peakMemoryBytes, forKey: .peakMemoryBytes)
        try container.encode(self.oomKills, forKey: .oomKills)
    }
}
