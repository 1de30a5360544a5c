// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to say when a descriptor is ready.
public protocol ReactorIO: AnyObject {
    /// Calls `body` in each turn in which `descriptor` can be read from, is at its end, or failed.
    ///
    /// Level-triggered: it is called again until the data has been read or the watch is paused or
    /// removed. The descriptor stays the caller's, who removes the watch *before* closing it and
    /// makes it non-blocking. The reactor keeps the watch and what `body` captured until it is
    /// removed.
    ///
    /// - Precondition: `descriptor` is not negative.
    func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch

    /// Calls `body` in each turn in which `descriptor` takes data, or its other end is gone.
    ///
    /// The rules of ``addReader(_:_:)`` hold.
    func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch

    /// Removes every watch that ``addReader(_:_:)`` and ``addWriter(_:_:)`` made.
    ///
    /// - Returns: the descriptors that were watched, each once.
    @discardableResult
    func removeAllWatches() -> Set<Int32>
}

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
