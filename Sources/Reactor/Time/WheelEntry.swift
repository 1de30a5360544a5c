// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One place of a delayed call in the wheel.
struct WheelEntry {
    /// When it comes up.
    ///
    /// The call itself may have been moved later since, or cancelled.
    var due: Int64
    /// Where the call is, if it is not stale.
    var place: UInt32
    /// Tells it from other entries of the same place (``CallRecords/isStale(_:)``).
    var stamp: UInt32
}
