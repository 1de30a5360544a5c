// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The reactor whose turn the current thread is executing.
///
/// It is the default for each `clock` argument that is left out. Every reactor sets it for the
/// length of a turn, so that all callbacks of the reactor find it:
///
///     reactor.callWhenRunning {
///         // Takes its clock from CurrentReactor.reactor.
///         let loop = LoopingCall { print("Still here.") }
///         loop.start(interval: .seconds(1))
///     }
///
/// There is no current reactor before `run()` has been called. Make objects that need one inside
/// ``ReactorCore/callWhenRunning(_:)``, or pass their clock explicitly.
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
    /// Afterwards, also if `body` throws, the previous reactor is current again. Reactors call this
    /// function for their own turns. A test calls it to make objects whose clock is left out:
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
    /// The thread-local slot points to the innermost scope and holds no reference to it. The caller
    /// of ``entered(_:)`` must therefore keep the scope until it has called ``leave()``.
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

        /// Makes the reactor of the enclosing scope current again, or none if there is no
        /// such scope.
        func leave() {
            cspawn_set_current(self.outer)
        }
    }
}
