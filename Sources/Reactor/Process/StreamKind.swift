// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What lies between us and a descriptor of a child.
enum StreamKind {
    /// One direction; the kernel sees the other side close.
    case pipe
    /// Two directions, of which we use one.
    case socket
    /// The primary side of a terminal: both directions, and an end that may not be one.
    case terminal
}
