// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Logging

/// Where a failure goes that was still in a deferred when the last reference to it went.
///
/// It is logged with the label `reactor.deferred` at level `error`. A task-local value, not a
/// global variable, replaces that for the length of a scope: tests that run at the same time each
/// see their own failures, and there is no shared state to protect.
package enum UnhandledFailure {
    /// Where failures go instead of the log.
    ///
    /// A struct around the closure: with the bare closure as a task-local value the optimizer of
    /// Swift 6.3 hands the runtime a null pointer for its type.
    package struct Sink: Sendable {
        let take: @Sendable (any Error) -> Void

        /// Makes a sink.
        package init(_ take: @escaping @Sendable (any Error) -> Void) {
            self.take = take
        }
    }

    /// Takes the failures of this scope; `nil` means the log.
    @TaskLocal package static var sink: Sink?

    static func report(_ error: any Error) {
        if let sink = self.sink {
            sink.take(error)
        } else {
            Logger(label: "reactor.deferred").error(
                "A failure in a deferred was handled by nobody.",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Notes a failure that was consumed on purpose because another one was reported first.
    static func noteConsumed(_ error: any Error) {
        Logger(label: "reactor.deferred").debug(
            "A failure was dropped because another one was reported first.",
            metadata: ["error": "\(error)"]
        )
    }
}
