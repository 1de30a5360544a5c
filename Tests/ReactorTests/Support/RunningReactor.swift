// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Reactor
import Synchronization
import Testing

/// A reactor that runs on a thread of its own until it is stopped.
final class RunningReactor: Sendable {
    let handle: ReactorHandle
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Starts the thread, and returns once the reactor is running.
    ///
    /// `prepare` is called on the new thread before the run.
    init(
        _ kind: ReactorKind,
        _ prepare: @escaping @Sendable (any ContractReactor) -> Void = { _ in }
    ) {
        let isMade = DispatchSemaphore(value: 0)
        let ended = self.hasEnded
        let box = HandleBox()
        startThread {
            kind.withReactor { reactor in
                box.handle.withLock { $0 = reactor.handle }
                prepare(reactor)
                reactor.callWhenRunning { isMade.signal() }
                reactor.run()
            }
            ended.signal()
        }
        isMade.wait()
        guard let handle = box.handle.withLock({ $0 }) else {
            preconditionFailure("The reactor's thread did not provide its handle.")
        }
        self.handle = handle
    }

    /// Stops the reactor and waits until its run has returned.
    func stopAndWait() {
        self.handle.stop()
        self.waitForEnd()
    }

    /// Waits until the run has returned, for 20 seconds at most.
    func waitForEnd(sourceLocation: SourceLocation = #_sourceLocation) {
        if self.hasEnded.wait(timeout: .now() + 20) == .timedOut {
            Issue.record(
                "The reactor did not end within 20 seconds.",
                sourceLocation: sourceLocation
            )
        }
    }
}

private final class HandleBox: Sendable {
    let handle = Mutex<ReactorHandle?>(nil)
}
