// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One place of a delayed call in the wheel; holds a reference to the call, given back when it
/// leaves.
struct WheelEntry {
    /// When it comes up.
    ///
    /// The call itself may have been moved later since, or cancelled.
    var due: Int64
    var call: Unmanaged<DelayedCall>

    /// Whether it comes up before another: by deadline, and among equal ones in the order of
    /// making.
    @inline(__always)
    func precedes(_ other: WheelEntry) -> Bool {
        guard self.due == other.due else { return self.due < other.due }
        // Read only for ties: the call is a cache line of its own.
        return self.call._withUnsafeGuaranteedRef { first in
            other.call._withUnsafeGuaranteedRef { first.sequence < $0.sequence }
        }
    }

    /// Whether its call was cancelled, or has another entry by now.
    var isStale: Bool {
        self.call._withUnsafeGuaranteedRef { !$0.isActive || $0.entryDue != self.due }
    }
}
