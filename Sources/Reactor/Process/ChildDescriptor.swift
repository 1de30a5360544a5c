// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What one descriptor of a child is connected to.
public enum ChildDescriptor: Sendable, Hashable {
    /// A pipe that the child writes and we read; Twisted's "r".
    case read
    /// A pipe that we write and the child reads; Twisted's "w".
    case write
    /// A socket pair that the child writes and we read; see ``ChildStreams/socketPairs``.
    case readSocket
    /// A socket pair that we write and the child reads; see ``ChildStreams/socketPairs``.
    case writeSocket
    /// This descriptor of the parent; it stays open in the parent, who closes it.
    case inherit(Int32)
    /// /dev/null, for reading and writing.
    case null
    /// The same as that other descriptor of the child, for example 2 as 1.
    case sameAs(Int32)
}

extension ChildDescriptor {
    /// Whether we read what the child writes to it.
    package var isRead: Bool { self == .read || self == .readSocket }

    /// Whether the child reads from it what we write.
    package var isWritten: Bool { self == .write || self == .writeSocket }

    /// What a stream of ours to it goes through.
    var streamKind: StreamKind {
        self == .readSocket || self == .writeSocket ? .socket : .pipe
    }
}
