// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What the child has open.
public enum ChildStreams: Sendable, Hashable {
    /// Three pipes: 0 that we write, 1 and 2 that we read.
    case pipes

    /// A pseudo-terminal as 0, 1 and 2 and as the controlling terminal of a session of the child's
    /// own.
    ///
    /// All output comes as that of descriptor 1; what is written to 0 is typed at the terminal.
    case terminal(TerminalSettings = TerminalSettings())

    /// Exactly these descriptors of the child, each with what it is connected to.
    case descriptors([Int32: ChildDescriptor])
}
