// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import NIOCore

/// The next of the fixed sequence of delays.
func nextDelays(_ count: Int, longest: TimeAmount) -> [TimeAmount] {
    (0..<count).map { _ in .nanoseconds(Int64(next_delay() * Double(longest.nanoseconds))) }
}
