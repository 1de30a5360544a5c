// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A signal by its number, with the name that signal(7) gives it.
public struct Signal: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on this system.
    public let rawValue: Int32

    /// Makes a signal of any number; the kernel refuses those that it does not know.
    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// SIGHUP: the terminal went away.
    public static let hangup = Signal(rawValue: SIGHUP)
    /// SIGINT: interrupt, as Ctrl-C.
    public static let interrupt = Signal(rawValue: SIGINT)
    /// SIGQUIT: quit with a core dump.
    public static let quit = Signal(rawValue: SIGQUIT)
    /// SIGABRT: abort.
    public static let abort = Signal(rawValue: SIGABRT)
    /// SIGKILL: cannot be caught or ignored.
    public static let kill = Signal(rawValue: SIGKILL)
    /// SIGSEGV: invalid memory reference.
    public static let segmentationFault = Signal(rawValue: SIGSEGV)
    /// SIGPIPE: wrote to a pipe that nobody reads.
    public static let brokenPipe = Signal(rawValue: SIGPIPE)
    /// SIGTERM: polite request to end.
    public static let terminate = Signal(rawValue: SIGTERM)
    /// SIGCONT: go on after a stop.
    public static let resume = Signal(rawValue: SIGCONT)
    /// SIGSTOP: stop; cannot be caught or ignored.
    public static let stop = Signal(rawValue: SIGSTOP)
    /// SIGUSR1.
    public static let user1 = Signal(rawValue: SIGUSR1)
    /// SIGUSR2.
    public static let user2 = Signal(rawValue: SIGUSR2)
    /// SIGWINCH: the terminal's size changed.
    public static let windowChange = Signal(rawValue: SIGWINCH)

    /// The name as in signal(7), for example "SIGINT"; "signal 40" where there is none.
    public var description: String {
        Self.names[self.rawValue] ?? "signal \(self.rawValue)"
    }

    /// Whether it is meant to end a process.
    var asksToEnd: Bool { self == .kill || self.needsResume }

    /// Whether it is meant to end a process, and a stopped one has to be resumed to act on it.
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
    ]
}
