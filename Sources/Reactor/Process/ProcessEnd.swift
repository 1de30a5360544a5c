// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How one process terminated: its exit code, or the signal that it died from.
///
/// This is the kernel's wait status of the process itself, and
/// ``ProcessProtocol/processExited(_:)`` delivers it as soon as the process has exited. A
/// ``ProcessEnd`` comes later, when the exit policy is satisfied, and adds what happened to the
/// child's streams and to its process group.
///
/// An exit is a value and never an error: a failing program is a normal result of running it.
public enum ProcessExit: Sendable, Hashable, CustomStringConvertible {
    /// The process called exit with this code, from 0 to 255.
    case exited(code: Int32)

    /// The process died from a signal.
    case signaled(Signal, coreDumped: Bool)

    /// The reactor could not find out how the process terminated.
    ///
    /// There are two possible reasons. Other code in this program may have reaped the child, on a
    /// kernel that does not keep the status (before Linux 6.15). Or the owner gave the process up
    /// while the process was still alive, because it did not die even from SIGKILL.
    case unknown

    /// Whether the process exited with code 0.
    public var isSuccess: Bool { self == .exited(code: 0) }

    /// The exit code, or `nil` if the process did not exit by itself.
    public var code: Int32? {
        if case .exited(let code) = self { code } else { nil }
    }

    /// The signal that the process died from, or `nil` if it did not die from a signal.
    public var signal: Signal? {
        if case .signaled(let signal, _) = self { signal } else { nil }
    }

    /// The predicate of a sentence about the process, for example "exited with code 3" or
    /// "died from SIGKILL".
    public var description: String {
        switch self {
        case .exited(let code): "exited with code \(code)"
        case .signaled(let signal, let dumped):
            "died from \(signal)\(dumped ? " (core dumped)" : "")"
        case .unknown: "ended with an unknown status"
        }
    }
}

/// The final report about a child process; ``ProcessProtocol/processEnded(_:)`` delivers it.
///
/// A ``ProcessExit`` says how the process itself terminated. A `ProcessEnd` contains that value,
/// and reports everything else that the reactor knows once the exit policy is satisfied: which
/// streams it had to cut, which signals it sent to the rest of the process group, and which members
/// of the group survived.
public struct ProcessEnd: Sendable, Hashable {
    /// How the process itself terminated.
    public var exit: ProcessExit

    /// The child's descriptors whose streams the reactor closed while other processes still had
    /// them open.
    ///
    /// Output that those processes write afterwards is lost. All output that the child itself wrote
    /// before it exited has been delivered.
    public var cutStreams: [Int32]

    /// The members of the process group that were still alive when the process counted as ended.
    ///
    /// The list has at most 64 entries. It is empty unless the exit policy terminates the group, or
    /// the owner gave the process up, because otherwise the members were not meant to end. For a
    /// child that stays in the parent's group, the list contains at most the child itself.
    public var survivors: [ProcessSurvivor]

    /// The signals that the exit policy sent to the group after the child had exited, in order.
    public var signalsToGroup: [SentSignal]

    /// The resources that the process used, or `nil` if the process has not exited or if other code
    /// in this program reaped it.
    public var usage: ResourceUsage?

    /// Makes a report, for a test or for a transport that is not part of this package.
    public init(
        exit: ProcessExit,
        cutStreams: [Int32] = [],
        survivors: [ProcessSurvivor] = [],
        signalsToGroup: [SentSignal] = [],
        usage: ResourceUsage? = nil
    ) {
        self.exit = exit
        self.cutStreams = cutStreams
        self.survivors = survivors
        self.signalsToGroup = signalsToGroup
        self.usage = usage
    }
}

/// A process that was meant to end, and was still alive when the child counted as ended.
public struct ProcessSurvivor: Sendable, Hashable, CustomStringConvertible {
    /// The process ID at the time of the scan; the process may have died since.
    public var pid: Int32
    /// The command name, cut to 15 bytes by the kernel (proc(5), "comm").
    public var command: String
    /// The state letter of proc(5); "D" is uninterruptible sleep.
    public var state: Character

    /// Makes a survivor from one entry of a scan.
    public init(pid: Int32, command: String, state: Character) {
        self.pid = pid
        self.command = command
        self.state = state
    }

    /// The process ID, the command and the state, for example "4711 (sleep, state S)".
    public var description: String { "\(self.pid) (\(self.command), state \(self.state))" }
}

extension [ProcessSurvivor] {
    /// A sentence that names the processes and begins with a space, or an empty string.
    package var sentence: String {
        if self.isEmpty { return "" }
        return " Still alive: \(self.map(\.description).joined(separator: ", "))."
    }
}

/// The resources that a process and its reaped children used, as counted by getrusage(2).
public struct ResourceUsage: Sendable, Hashable {
    /// The processor time in user mode.
    public var userTime: Duration
    /// The processor time in the kernel.
    public var systemTime: Duration
    /// The largest resident set size among the process and its reaped children, in bytes.
    ///
    /// The value is never less than the resident size of the *parent* at the spawn. The child
    /// shares the parent's memory until it calls execve, and Linux counts that memory as the
    /// child's peak (fs/exec.c, `exec_mmap`). To measure the child itself, sample `VmHWM` in
    /// /proc/PID/status while the child is alive.
    public var maximumResidentBytes: Int

    /// Makes a record of two processor times and a peak of the memory in bytes.
    public init(userTime: Duration, systemTime: Duration, maximumResidentBytes: Int) {
        self.userTime = userTime
        self.systemTime = systemTime
        self.maximumResidentBytes = maximumResidentBytes
    }
}

/// A record of a signal that was sent to a process or to its group.
public struct SentSignal: Sendable, Hashable {
    /// The signal that was sent.
    public var signal: Signal
    /// Whether the signal was sent to the leader or to the whole group.
    public var target: SignalTarget
    /// The reactor's time when the signal was sent.
    public var at: Duration

    /// Makes a record of `signal`, sent to `target` at the reactor's time `time`.
    public init(_ signal: Signal, to target: SignalTarget, at time: Duration) {
        self.signal = signal
        self.target = target
        self.at = time
    }
}
