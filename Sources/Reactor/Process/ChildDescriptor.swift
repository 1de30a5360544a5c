// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What one descriptor of a child is connected to.
public enum ChildDescriptor: Sendable, Hashable {
    /// A pipe that the child writes and we read; Twisted's "r".
    case read
    /// A pipe that we write and the child reads; Twisted's "w".
    case write
    /// This descriptor of the parent; it stays open in the parent, who closes it.
    case inherit(Int32)
    /// /dev/null, for reading and writing.
    case null
    /// The same as that other descriptor of the child, for example 2 as 1.
    case sameAs(Int32)
}
