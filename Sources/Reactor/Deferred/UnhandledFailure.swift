// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Logging

/// Reports the errors that remain in deferreds when their last handles go away.
///
/// The errors are logged with the label `reactor.deferred` at level `error`. A test can receive
/// them instead through a sink, which is a task-local value rather than a global variable, so that
/// tests that run at the same time each see only their own errors.
package enum UnhandledFailure {
    /// A function that receives the errors instead of the log.
    ///
    /// The struct around the closure is necessary: with a bare closure as the task-local value, the
    /// optimizer of Swift 6.3 passes a null pointer to the runtime as the type of the value.
    package struct Sink: Sendable {
        let take: @Sendable (any Error) -> Void

        /// Creates a sink that calls `take` on the thread that released the deferred.
        package init(_ take: @escaping @Sendable (any Error) -> Void) {
            self.take = take
        }
    }

    /// The sink for the errors of the current task, or `nil` to log them.
    @TaskLocal package static var sink: Sink?

    static func report(_ error: any Error) {
        if let sink = self.sink {
            sink.take(error)
        } else {
            Logger(label: "reactor.deferred").error(
                "A deferred failed and was released before any errback handled the error.",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Logs, at level `debug`, an error that is ignored because the operation has ended already.
    static func noteConsumed(_ error: any Error) {
        Logger(label: "reactor.deferred").debug(
            "Ignored an error of a deferred, because its operation had already ended.",
            metadata: ["error": "\(error)"]
        )
    }
}
