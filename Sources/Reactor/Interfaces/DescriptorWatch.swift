// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A descriptor that a reactor watches.
public protocol DescriptorWatch: AnyObject {
    /// The descriptor that is watched.
    var descriptor: Int32 { get }

    /// Whether the watch is on: neither paused nor removed.
    var isActive: Bool { get }

    /// Stops the calls until ``resume()``; nothing is lost, because readiness is a level.
    func pause()

    /// Goes on after ``pause()``. Does nothing once removed.
    func resume()

    /// Ends the watch and lets go of what its body captured. Does nothing the second time.
    ///
    /// After this returns the body is not called again, even if the descriptor was found ready in
    /// this turn.
    func remove()
}
