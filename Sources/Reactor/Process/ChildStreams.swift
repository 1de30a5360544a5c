// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What the child has open.
public enum ChildStreams: Sendable, Hashable {
    /// Three pipes: 0 that we write, 1 and 2 that we read.
    case pipes

    /// Three socket pairs in place of the pipes, each used in one direction.
    ///
    /// Faster than pipes for a child that writes much at a time (64 KiB), slower for one that
    /// writes little; it takes twice the memory of the kernel. A child may tell the difference:
    ///
    /// - `/dev/stdout`, `/dev/stderr` and `/proc/self/fd/1` cannot be opened (ENXIO).
    /// - A socket as standard input is taken for a connection from the network by some: bash reads
    ///   `~/.bashrc` then, as if rshd had started it.
    /// - When we close an output while the child waits to write to it, the child may see ECONNRESET
    ///   before EPIPE and SIGPIPE.
    /// - It can write to its input; that goes nowhere. Closing the input ends one direction only
    ///   (shutdown(2), `SHUT_WR`): the child reads to the end, and is not disturbed if it writes.
    case socketPairs

    /// A pseudo-terminal as 0, 1 and 2 and as the controlling terminal of a session of the child's
    /// own.
    ///
    /// All output comes as that of descriptor 1; what is written to 0 is typed at the terminal.
    case terminal(TerminalSettings = TerminalSettings())

    /// Exactly these descriptors of the child, each with what it is connected to.
    case descriptors([Int32: ChildDescriptor])
}
