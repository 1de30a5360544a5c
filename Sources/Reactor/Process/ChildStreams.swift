// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The open descriptors of a child.
public enum ChildStreams: Sendable, Hashable {
    /// Three pipes: the reactor writes to 0, and reads from 1 and 2.
    case pipes

    /// Three socket pairs instead of pipes, each used in one direction.
    ///
    /// Compared with a pipe, a socket pair is faster for a child that makes writes of 64 KiB and
    /// slower for a child that makes small writes. It takes twice as much kernel memory. The child
    /// can observe these differences:
    ///
    /// - It cannot open `/dev/stdout`, `/dev/stderr` or `/proc/self/fd/1` (ENXIO).
    /// - Some programs assume that a socket on standard input is a network connection. For example,
    ///   bash then reads `~/.bashrc`, as if rshd had started it.
    /// - If the reactor closes an output while the child waits to write to it, the child may get
    ///   ECONNRESET before it gets EPIPE and SIGPIPE.
    /// - It can write to its standard input; the reactor discards that data. When the reactor
    ///   closes the input, it shuts down only the direction to the child (shutdown(2), `SHUT_WR`).
    ///   The child then reads the end of its input, and may still write without an error.
    case socketPairs

    /// A pseudo-terminal as the descriptors 0, 1 and 2, and as the controlling terminal of a
    /// new session.
    ///
    /// All output arrives as output of descriptor 1. Data that is written to descriptor 0 reaches
    /// the child as if a person had typed it. A child that asks a question, on standard input or
    /// on `/dev/tty`, waits until the reactor writes an answer. If no person or program answers,
    /// use ``outputTerminal(_:)``.
    case terminal(TerminalSettings = TerminalSettings())

    /// Exactly these descriptors: each key is a number in the child, and its value says what the
    /// descriptor is connected to.
    case descriptors([Int32: ChildDescriptor])

    /// A pseudo-terminal for output only: the descriptors 1 and 2 are the terminal, and 0 is the
    /// null device.
    ///
    /// The child does not buffer its output, as on any terminal, and all output arrives as output
    /// of descriptor 1. But no one can type: a child that reads standard input reads the end of
    /// the input, and a read from descriptor 1 or 2 fails with EBADF. The terminal is not the
    /// controlling terminal of the child. If the request also sets ``SpawnRequest/grouping`` to
    /// ``ProcessGrouping/session``, the child has no controlling terminal, so opening `/dev/tty`
    /// fails with ENXIO. Without a session of its own, the child can open the terminal of the
    /// parent in this way. The name of the terminal itself can be opened for writing. Only root
    /// can open it for reading, and then reads the end of the input, unless the program discards
    /// the input or changes the modes of the terminal first.
    ///
    /// A terminal that is not the controlling terminal sends no SIGHUP when the leader of the
    /// session exits or when the reactor closes the terminal. If the reactor has closed it, writes
    /// fail with EIO.
    ///
    /// The value equals `.descriptors([0: .null, 1: .terminal(settings), 2: .sameAs(1)])`. Use that
    /// form to give the child further descriptors.
    public static func outputTerminal(
        _ settings: TerminalSettings = TerminalSettings()
    ) -> ChildStreams {
        .descriptors([0: .null, 1: .terminal(settings), 2: .sameAs(1)])
    }
}

/// The object that one descriptor of a child is connected to.
public enum ChildDescriptor: Sendable, Hashable {
    /// A pipe that the child writes to and the reactor reads from; Twisted's "r".
    case read
    /// A pipe that the reactor writes to and the child reads from; Twisted's "w".
    case write
    /// A socket pair that the child writes to and the reactor reads from.
    ///
    /// ``ChildStreams/socketPairs`` lists the differences from a pipe.
    case readSocket
    /// A socket pair that the reactor writes to and the child reads from.
    ///
    /// ``ChildStreams/socketPairs`` lists the differences from a pipe.
    case writeSocket
    /// A pseudo-terminal that the child writes to and the reactor reads from.
    ///
    /// The descriptor is open for writing only, and the terminal is not the controlling terminal of
    /// the child; see ``ChildStreams/outputTerminal(_:)``. The setting
    /// ``TerminalSettings/echoes`` has no effect, because such a terminal has no input.
    case terminal(TerminalSettings = TerminalSettings())
    /// A duplicate of this descriptor of the parent.
    ///
    /// The parent's descriptor stays open, and the caller remains responsible for closing it.
    case inherit(Int32)
    /// The null device, open for reading and writing.
    case null
    /// A duplicate of another descriptor of the child, for example 2 as a duplicate of 1.
    case sameAs(Int32)
}

extension ChildDescriptor {
    /// Whether the child writes to the descriptor and the reactor reads that output.
    package var isRead: Bool { self == .read || self == .readSocket || self.isTerminal }

    /// Whether the descriptor is a terminal for output.
    package var isTerminal: Bool {
        if case .terminal = self { true } else { false }
    }

    /// Whether the reactor writes to the descriptor and the child reads that input.
    package var isWritten: Bool { self == .write || self == .writeSocket }

    /// The kind of stream that connects the reactor with the descriptor.
    var streamKind: StreamKind {
        switch self {
        case .readSocket, .writeSocket: .socket
        case .terminal: .terminal
        case .read, .write, .inherit, .null, .sameAs: .pipe
        }
    }
}

/// The kind of kernel object between the reactor and a descriptor of a child.
enum StreamKind {
    /// A pipe, which has one direction and reports when the other end is closed.
    case pipe
    /// A socket pair, which has two directions, of which the reactor uses one.
    case socket
    /// The primary side of a pseudo-terminal.
    ///
    /// A terminal has both directions. A hang-up is not always the end of the output, because the
    /// child may open its terminal again by name.
    case terminal
}

/// The settings of a child's pseudo-terminal.
public struct TerminalSettings: Sendable, Hashable {
    /// The number of lines of the window; 0 means unknown, and the default is 24.
    ///
    /// The child finds the size from its first instruction on. Some programs divide by the size, or
    /// print nothing if it is unknown.
    public var rows: UInt16
    /// The number of columns of the window; 0 means unknown, and the default is 80.
    public var columns: UInt16
    /// Whether the terminal echoes its input.
    ///
    /// The default is `false`, because the echo would arrive as output of the child.
    public var echoes: Bool
    /// Whether the terminal translates each line feed of the output to CR LF.
    ///
    /// The default is `false`, so that the reactor receives the bytes that the child wrote. Without
    /// the translation the throughput is also twice as high.
    public var translatesNewlines: Bool

    /// Makes settings; the defaults suit a program that is not used interactively.
    public init(
        rows: UInt16 = 24,
        columns: UInt16 = 80,
        echoes: Bool = false,
        translatesNewlines: Bool = false
    ) {
        self.rows = rows
        self.columns = columns
        self.echoes = echoes
        self.translatesNewlines = translatesNewlines
    }
}
