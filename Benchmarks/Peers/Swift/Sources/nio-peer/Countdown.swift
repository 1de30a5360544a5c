// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Keeps a promise once it was called so many times.
final class Countdown: NIOScheduledCallbackHandler, Sendable {
    private let left: Atomic<Int>
    private let done: EventLoopPromise<Void>

    init(_ count: Int, _ done: EventLoopPromise<Void>) {
        self.left = Atomic(count)
        self.done = done
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        if self.left.subtract(1, ordering: .relaxed).newValue == 0 { self.done.succeed() }
    }
}
