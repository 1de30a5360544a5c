// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to call a closure whenever a file descriptor is ready.
///
///     let watch = reactor.addReader(socket) {
///         // Read here, until read(2) returns 0 or fails with EAGAIN.
///     }
///     // When the socket is no longer needed:
///     watch.remove()
///     close(socket)
///
/// The caller remains the owner of the descriptor. Make the descriptor non-blocking, so that a read
/// or a write cannot block the loop, and remove its watches *before* closing it. libev and epoll(7)
/// identify a descriptor by its number: a watch on a closed descriptor reports nothing, not even
/// after the number has been reused for another file.
///
/// A descriptor may have several watches. The reactor calls the watches of one turn in no
/// particular order.
public protocol ReactorIO: AnyObject {
    /// Calls `body` in each turn in which `descriptor` is readable, has a hang-up, or has an error.
    ///
    /// The watch is level-triggered: the reactor calls `body` once per turn for as long as the
    /// condition lasts. An end of file and a hang-up last forever, so `body` must then remove its
    /// watch. Otherwise the reactor calls `body` in each turn and never waits. The first call of
    /// `body` takes place in a later turn.
    ///
    /// The reactor retains the watch, and everything that `body` captures, until the watch is
    /// removed or the reactor shuts down. A regular file is always readable and writable.
    ///
    /// - Precondition: `descriptor` is open.
    /// - Returns: The watch, with which the calls can be paused or ended.
    func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch

    /// Calls `body` in each turn in which `descriptor` accepts data, has a hang-up, or has
    /// an error.
    ///
    /// A pipe or socket is writable nearly all the time, and the reactor then calls `body` in each
    /// turn and never waits. Add a writer only while there is data to write. Apart from that, the
    /// rules of ``addReader(_:_:)`` apply.
    ///
    /// - Precondition: `descriptor` is open.
    /// - Returns: The watch, with which the calls can be paused or ended.
    func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch

    /// Removes all watches that ``addReader(_:_:)`` and ``addWriter(_:_:)`` have made.
    ///
    /// The streams of child processes are not affected.
    ///
    /// - Returns: The descriptors that were watched. None of them is closed.
    @discardableResult
    func removeAllWatches() -> Set<Int32>
}

/// The registration of a descriptor with a reactor.
///
/// After the reactor has shut down, the watch is inactive and its methods have no effect.
public protocol DescriptorWatch: AnyObject {
    /// The watched descriptor.
    var descriptor: Int32 { get }

    /// Whether the reactor watches the descriptor, which means that the watch is neither paused
    /// nor removed.
    var isActive: Bool { get }

    /// Suspends the calls until ``resume()``.
    ///
    /// No event is lost: a descriptor that becomes ready during the pause is still
    /// ready afterwards.
    func pause()

    /// Resumes the calls after ``pause()``.
    ///
    /// A watch that was removed cannot be resumed.
    func resume()

    /// Ends the watch, and releases the closure and everything that the closure captures.
    ///
    /// The closure is not called after this method has returned, even if the descriptor has already
    /// been found ready in the current turn. Further calls of this method have no effect.
    func remove()
}
