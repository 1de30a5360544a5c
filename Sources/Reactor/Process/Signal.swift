// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A signal, identified by its number.
public struct Signal: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number of the signal on this system.
    public let rawValue: Int32

    /// Makes a signal from any number.
    ///
    /// The number is not checked here; the kernel refuses to send a signal that it does not know.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// SIGHUP: the controlling terminal hung up.
    public static let hangup = Signal(rawValue: SIGHUP)
    /// SIGINT: interrupt from the keyboard (Ctrl-C).
    public static let interrupt = Signal(rawValue: SIGINT)
    /// SIGQUIT: quit, with a core dump.
    public static let quit = Signal(rawValue: SIGQUIT)
    /// SIGABRT: abort(3) was called.
    public static let abort = Signal(rawValue: SIGABRT)
    /// SIGKILL: kill; a process can neither catch nor ignore it.
    public static let kill = Signal(rawValue: SIGKILL)
    /// SIGSEGV: invalid memory reference.
    public static let segmentationFault = Signal(rawValue: SIGSEGV)
    /// SIGPIPE: write to a pipe or socket without readers.
    public static let brokenPipe = Signal(rawValue: SIGPIPE)
    /// SIGTERM: request to terminate, which a process may catch or ignore.
    public static let terminate = Signal(rawValue: SIGTERM)
    /// SIGCONT: resume a stopped process.
    public static let resume = Signal(rawValue: SIGCONT)
    /// SIGSTOP: stop; a process can neither catch nor ignore it.
    public static let stop = Signal(rawValue: SIGSTOP)
    /// SIGUSR1: reserved for the application.
    public static let user1 = Signal(rawValue: SIGUSR1)
    /// SIGUSR2: reserved for the application.
    public static let user2 = Signal(rawValue: SIGUSR2)
    /// SIGWINCH: the terminal window changed its size.
    public static let windowChange = Signal(rawValue: SIGWINCH)

    /// The name in signal(7), for example "SIGINT", or "signal 40" for a number without a name.
    public var description: String {
        Self.names[self.rawValue] ?? "signal \(self.rawValue)"
    }

    /// Whether the signal is meant to terminate a process.
    var isMeantToTerminate: Bool { self == .kill || self.needsResume }

    /// Whether the signal requests termination but has no effect on a stopped process until that
    /// process is resumed.
    var needsResume: Bool {
        [.interrupt, .terminate, .hangup, .quit, .abort].contains(self)
    }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL",
        SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL",
        SIGUSR1: "SIGUSR1",
        SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM",
        SIGTERM: "SIGTERM", SIGCHLD: "SIGCHLD", SIGCONT: "SIGCONT", SIGSTOP: "SIGSTOP",
        SIGTSTP: "SIGTSTP", SIGTTIN: "SIGTTIN", SIGTTOU: "SIGTTOU", SIGURG: "SIGURG",
        SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGVTALRM: "SIGVTALRM", SIGPROF: "SIGPROF",
        SIGWINCH: "SIGWINCH", SIGIO: "SIGIO", SIGPWR: "SIGPWR", SIGSYS: "SIGSYS",
        SIGSTKFLT: "SIGSTKFLT",
    ]
}

/// The recipient of a signal.
public enum SignalTarget: Sendable, Hashable {
    /// The child process itself.
    case leader
    /// Every member of the child's process group, or the child alone if it is in the
    /// parent's group.
    case group
}

/// The kernel refused to send a signal, or a reactor could not handle it.
public struct SignalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The signal that could not be sent or handled.
    public var signal: Signal
    /// The error number of the system call.
    ///
    /// EPERM means that the process belongs to another user. EINVAL means that the number is not
    /// the number of a signal, or that the signal cannot be handled. EBUSY means that another
    /// reactor handles the signal.
    public var errno: Int32

    /// Makes an error for `signal` from an error number of the system.
    public init(signal: Signal, errno: Int32) {
        self.signal = signal
        self.errno = errno
    }

    /// A sentence with the name of the signal and the reason.
    public var description: String {
        switch (self.errno, self.signal) {
        case (EBUSY, _): "\(self.signal) is already handled by another reactor of this program."
        case (EINVAL, .kill), (EINVAL, .stop):
            "\(self.signal) cannot be handled, because a process can neither catch nor ignore it."
        default: "\(self.signal) could not be sent: \(errorText(self.errno))."
        }
    }
}

/// A signal could not be sent because the process has exited, or because its group is empty.
public struct ProcessExitedAlready: Error, Sendable, Hashable, CustomStringConvertible {
    /// Makes the error, which carries no values.
    public init() {}

    /// A fixed sentence, which says that the process has exited already.
    public var description: String { "The process has exited already." }
}
