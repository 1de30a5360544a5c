// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What to start and how; a value that says all of it.
///
///     var request = SpawnRequest("git", ["fetch", "--progress"])
///     request.workingDirectory = "/srv/mirror"
///     request.environment = .inheriting(changes: ["GIT_TERMINAL_PROMPT": "0"])
public struct SpawnRequest: Sendable, Hashable {
    /// The program: a path if it has a slash in it, else a name that is looked up in the `PATH` of
    /// the *child's* environment, as execvp(3) does.
    public var executable: String

    /// The arguments after the program's own name.
    public var arguments: [String]

    /// What the child sees as its own name (`argv[0]`); nil: `executable` as given.
    public var argumentZero: String?

    /// The child's environment.
    ///
    /// Default: the parent's. (Twisted's default is an empty one.)
    public var environment: ChildEnvironment = .inherit

    /// Where the child starts; nil: where the parent is.
    ///
    /// A relative `executable` with a slash is looked up from here.
    public var workingDirectory: String?

    /// What the child has open.
    ///
    /// Default: a pipe each for 0, 1 and 2. All else is closed.
    public var streams: ChildStreams = .pipes

    /// Which process group and session the child is in.
    ///
    /// Default: a group of its own; with a terminal, always a session.
    public var grouping: ProcessGrouping = .group

    /// When the process counts as ended.
    ///
    /// Default: with its own output read, nobody else waited for.
    public var exitPolicy: ExitPolicy = .drain(.zero)

    /// Whether the kernel kills the child (SIGKILL) when the thread that runs the reactor ends.
    ///
    /// Reaches the child only, not its group (prctl(2), PR_SET_PDEATHSIG). It follows the *thread*,
    /// so it is for a reactor whose thread lives as long as the program.
    public var diesWithParent = false

    /// How many bytes may wait to be written to one stream of the child before more is refused.
    public var writeLimit = 1 << 20

    /// Makes a request with the defaults above.
    public init(_ executable: String, _ arguments: [String] = []) {
        self.executable = executable
        self.arguments = arguments
    }
}
