// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A description of a child process to start.
///
///     var request = SpawnRequest("git", ["fetch", "--progress"])
///     request.workingDirectory = "/srv/mirror"
///     request.environment = .inheriting(changes: ["GIT_TERMINAL_PROMPT": "0"])
public struct SpawnRequest: Sendable, Hashable {
    /// The program to execute: a path if it contains a slash, otherwise a file name.
    ///
    /// A file name is searched for in the `PATH` of the *child's* environment, as execvp(3) does.
    public var executable: String

    /// The arguments that follow `argv[0]`.
    public var arguments: [String]

    /// The child's `argv[0]`, or `nil` to use `executable` unchanged.
    public var argumentZero: String?

    /// The child's environment; the default is the parent's environment.
    ///
    /// Twisted's default is an empty environment.
    public var environment: ChildEnvironment = .inherit

    /// The child's working directory, or `nil` to use the parent's.
    ///
    /// If `executable` is a relative path, it is relative to this directory.
    public var workingDirectory: String?

    /// The child's descriptors; the default is a pipe for each of the descriptors 0, 1 and 2.
    ///
    /// All other descriptors are closed in the child.
    public var streams: ChildStreams = .pipes

    /// The child's process group and session; by default the child leads a new group.
    ///
    /// A child on ``ChildStreams/terminal(_:)`` always leads a new session.
    public var grouping: ProcessGrouping = .group

    /// The rule for when the process counts as ended; the default is ``ExitPolicy/automatic``.
    ///
    /// By default this is as soon as the child has exited, or, if its protocol is ending it, as
    /// soon as its process group is empty. Under each policy, the reactor first reads all output
    /// that the child itself wrote.
    public var exitPolicy: ExitPolicy = .automatic

    /// Whether the kernel sends SIGKILL to the child when the thread that runs the reactor ends.
    ///
    /// Only the child receives the signal, and not its group (prctl(2), PR_SET_PDEATHSIG). The
    /// kernel sends the signal at the end of the *thread* and not at the end of the program, so use
    /// this setting only with a reactor whose thread lives as long as the program.
    ///
    /// The kernel forgets the signal when the child executes a set-user-ID or set-group-ID program
    /// or one with file capabilities, and when the child changes its user or group
    /// (PR_SET_PDEATHSIG(2const)). A child that may do so is not killed.
    public var diesWithParent = false

    /// The number of bytes that may be queued for one of the child's streams; the default is 1 MiB.
    ///
    /// A write that would exceed the limit is refused; see ``WriteOutcome``.
    public var writeLimit = 1 << 20

    /// Makes a request for a program with its arguments; everything else has its default value.
    public init(_ executable: String, _ arguments: [String] = []) {
        self.executable = executable
        self.arguments = arguments
    }

    /// Whether the child gets a controlling terminal.
    package var usesTerminal: Bool {
        if case .terminal = self.streams { true } else { false }
    }

    /// Whether the child leads a new process group.
    package var hasOwnGroup: Bool { self.usesTerminal || self.grouping != .inherit }
}

/// The process group and the session of a child.
public enum ProcessGrouping: Sendable, Hashable {
    /// The child joins the parent's group.
    ///
    /// Ctrl-C at the parent's terminal then interrupts the child too. A signal to
    /// ``SignalTarget/group`` goes to the child alone, because the parent is in the same group.
    case inherit
    /// The child leads a new group in the parent's session.
    case group
    /// The child leads a new session, and with it a new group.
    case session
}

/// The environment variables of a child.
public enum ChildEnvironment: Sendable, Hashable {
    /// The parent's environment at the time of the spawn.
    case inherit

    /// The parent's environment with changes: a string sets a variable, and `nil` removes it.
    case inheriting(changes: [String: String?])

    /// Exactly these variables and no variable of the parent.
    case exactly([String: String])

    /// Returns the child's variables; reads the parent's environment unless the case is `exactly`.
    package func resolved() -> [String: String] {
        switch self {
        case .inherit: return Self.parent()
        case .exactly(let variables): return variables
        case .inheriting(let changes):
            return Self.parent().merging(changes.compactMapValues(\.self)) { $1 }
                .filter { changes[$0.key] != .some(nil) }
        }
    }

    private static func parent() -> [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return variables
    }
}
