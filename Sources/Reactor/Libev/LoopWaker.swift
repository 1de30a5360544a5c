// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// Ends the loop's wait, from any thread.
///
/// `@unchecked Sendable`: both pointers never change, and all that is done with them is
/// ev_async_send, the one call of libev that other threads may make, also while the loop runs
/// (ev(3), "ev_async"). What they point to is there whenever it is called: the handle calls it under
/// a lock and never after it was closed, which waits for a call that is under way, and the reactor
/// closes the handle before it frees either.
struct LoopWaker: @unchecked Sendable {
    let loop: OpaquePointer
    let watcher: UnsafeMutablePointer<ev_async>

    func wake() {
        ev_async_send(self.loop, self.watcher)
    }
}
