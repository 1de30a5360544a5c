// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension QueueAnchor {
    /// All anchors that there ever were, by their index.
    ///
    /// `@unchecked Sendable`: the pointer never changes and is never freed. A place is written once,
    /// under the lock of who makes anchors, before anybody has its index; who reads it has that from
    /// the same lock, or from a call, which is not Sendable and so on the thread that had it from the
    /// lock. The anchor itself is touched by the thread that took it and by no other until it is
    /// back, but for its index, which never changes, and `firstNumber`, which is atomic.
    struct Table: @unchecked Sendable {
        /// So many queues at once; what is never used of it is never touched, so it is no memory.
        private static let capacity = 1 << 16

        private let anchors: UnsafeMutablePointer<Unmanaged<QueueAnchor>?>

        init() {
            self.anchors = .allocate(capacity: Self.capacity)
        }

        /// Keeps an anchor for ever.
        func add(_ anchor: QueueAnchor) {
            require(anchor.index < Self.capacity, "More than 65,536 reactors at a time.")
            (self.anchors + Int(anchor.index)).initialize(to: .passRetained(anchor))
        }

        @inline(__always)
        subscript(index: UInt32) -> Unmanaged<QueueAnchor> {
            // The index is that of an anchor that was added.
            self.anchors[Int(index)].unsafelyUnwrapped
        }
    }
}
