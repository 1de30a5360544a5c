// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

internal import Dispatch
internal import Foundation
internal import ProgramSupport
internal import Synchronization

/// Writes output to a descriptor on a thread of its own.
///
/// A reader that has stopped, for example a terminal after Ctrl-S, therefore blocks neither the
/// heartbeats nor the limits of a job. Setting the descriptor to non-blocking is no alternative,
/// because that changes it for all processes that share it (fcntl(2), F_SETFL).
final class OutputPump: Sendable {
    private struct State {
        var queue: [UInt8] = []
        /// How many bytes the thread is writing.
        var inProgress = 0
        /// The error number of the write that failed, or 0.
        var failure: Int32 = 0
        /// How many bytes were discarded because too many were queued.
        var discarded = 0
        var isFinished = false
    }

    /// The largest number of queued bytes; more are discarded.
    ///
    /// The queue reaches this length only if the worker's output cannot be paused any more, because
    /// the worker has exited, and its descendants continue to write.
    private static let longestQueue = 64 << 20

    private let descriptor: Int32
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    /// Starts the thread.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        Thread.detachNewThread { [self] in self.writeAllChunks() }
    }

    /// How many bytes have been queued but not written.
    var pending: Int { self.state.withLock { $0.queue.count + $0.inProgress } }

    /// Queues bytes.
    ///
    /// After a write has failed, all bytes are ignored.
    func write(_ bytes: [UInt8]) {
        self.state.withLock { state in
            guard state.failure == 0 else { return }
            if state.queue.count + bytes.count > Self.longestQueue {
                state.discarded += bytes.count
            } else {
                state.queue += bytes
            }
        }
        self.work.signal()
    }

    /// Waits until all bytes are written, and ends the thread.
    ///
    /// - Parameter limit: The longest time to wait.
    /// - Returns: The error number of the write that failed, or 0; and how many bytes were not
    ///   written because the queue was full or the time was over.
    func finish(waiting limit: DispatchTime = .distantFuture) -> (failure: Int32, lost: Int) {
        self.state.withLock { $0.isFinished = true }
        self.work.signal()
        _ = self.done.wait(timeout: limit)
        return self.state.withLock {
            ($0.failure, $0.discarded + ($0.failure == 0 ? $0.queue.count + $0.inProgress : 0))
        }
    }

    private func writeAllChunks() {
        while true {
            self.work.wait()
            let (chunk, isFinished) = self.state.withLock { state in
                let chunk = state.queue
                state.queue = []
                state.inProgress = chunk.count
                return (chunk, state.isFinished)
            }
            let code = chunk.withUnsafeBytes { ProgramSupport.writeAll($0, to: self.descriptor) }
            self.state.withLock { state in
                state.inProgress = 0
                guard code != 0 else { return }
                state.failure = code
                state.queue = []
            }
            if isFinished { break }
        }
        self.done.signal()
    }
}

#endif
