// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The reactor whose turn the current thread is executing.
///
/// The current reactor is the default value of each `clock` argument. Every reactor makes
/// itself the current reactor for the length of a turn, so that all of its callbacks can omit
/// the argument:
///
///     reactor.callWhenRunning {
///         // The clock of this call is CurrentReactor.reactor.
///         let loop = LoopingCall { print("Still here.") }
///         loop.start(interval: .seconds(1))
///     }
///
/// There is no current reactor before `run()` has been called. Make objects that need a clock
/// inside ``ReactorCore/callWhenRunning(_:)``, or pass the clock explicitly.
public enum CurrentReactor {
    /// The reactor whose turn the current thread is executing, or `nil` outside of a turn.
    public static var reactorIfAny: (any ReactorCore)? {
        guard let raw = cspawn_current() else { return nil }
        return Unmanaged<Scope>.fromOpaque(raw).takeUnretainedValue().reactor
    }

    /// The reactor whose turn the current thread is executing.
    ///
    /// - Precondition: The thread is executing a turn of a reactor, or is inside ``with(_:_:)``.
    ///   Otherwise the program stops with a message.
    public static var reactor: any ReactorCore {
        guard let reactor = self.reactorIfAny else {
            stopProgram(
                "No reactor runs on this thread. Pass the clock explicitly, or make the object "
                    + "inside callWhenRunning."
            )
        }
        return reactor
    }

    /// Makes `reactor` the current reactor of this thread while `body` runs.
    ///
    /// When `body` has returned or thrown, the previous reactor is current again. Reactors
    /// call this function for their own turns. A test can call it to make objects without a
    /// `clock` argument:
    ///
    ///     let loop = CurrentReactor.with(reactor) { LoopingCall { print("Still here.") } }
    ///
    /// `body` cannot be asynchronous, because it could continue on a different thread after
    /// an `await`.
    public static func with<Result, Failure: Error>(
        _ reactor: any ReactorCore,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let scope = Scope.entered(reactor)
        defer { scope.leave() }
        return try body()
    }

    /// An entry in the thread's stack of current reactors.
    ///
    /// A thread-local variable points to the innermost scope but does not retain it. The caller of
    /// ``entered(_:)`` must therefore keep the scope until it has called ``leave()``.
    final class Scope {
        let reactor: any ReactorCore
        private let outer: UnsafeMutableRawPointer?

        private init(_ reactor: any ReactorCore, outer: UnsafeMutableRawPointer?) {
            self.reactor = reactor
            self.outer = outer
        }

        /// Makes `reactor` the current reactor until ``leave()`` is called.
        static func entered(_ reactor: any ReactorCore) -> Scope {
            let scope = Scope(reactor, outer: cspawn_current())
            cspawn_set_current(Unmanaged.passUnretained(scope).toOpaque())
            return scope
        }

        /// Makes the reactor of the enclosing scope current again.
        ///
        /// If there is no enclosing scope, the thread has no current reactor afterwards.
        func leave() {
            cspawn_set_current(self.outer)
        }
    }
}
