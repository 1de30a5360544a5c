// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CLibev

/// Ends the loop's wait, from any thread.
///
/// `@unchecked Sendable`: ev_async_send is the one call of libev that other threads may make, also
/// while the loop runs (ev(3), "ev_async"). Both pointers are valid whenever it is called: the
/// handle calls it under a lock and never after it was closed, which waits for a call that is under
/// way, and the reactor closes the handle before it frees either.
struct LoopWaker: @unchecked Sendable {
    let loop: OpaquePointer
    let watcher: UnsafeMutablePointer<ev_async>

    func wake() {
        ev_async_send(self.loop, self.watcher)
    }
}
