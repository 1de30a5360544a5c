// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The reactor of the current thread: what an omitted `clock` means.
///
/// Set for the length of a turn by every reactor, real and fake. There is none before `run()`: make
/// objects that need it inside `callWhenRunning`, or hand them their clock.
public enum CurrentReactor {
    /// The reactor whose turn this thread is in, if any.
    public static var reactorIfAny: (any ReactorCore)? {
        guard let raw = cspawn_current() else { return nil }
        return Unmanaged<Scope>.fromOpaque(raw).takeUnretainedValue().reactor
    }

    /// The reactor whose turn this thread is in.
    ///
    /// - Precondition: there is one. The program stops with a message otherwise.
    public static var reactor: any ReactorCore {
        guard let reactor = self.reactorIfAny else {
            stopProgram(
                "No reactor runs on this thread. Pass the clock explicitly, or make the object inside "
                    + "callWhenRunning."
            )
        }
        return reactor
    }

    /// Makes `reactor` the current one of this thread while `body` runs; nested use restores the
    /// outer one.
    ///
    /// Synchronous on purpose: after an `await` the thread may be another.
    public static func with<Result, Failure: Error>(
        _ reactor: any ReactorCore,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let scope = Scope.entered(reactor)
        defer { scope.leave() }
        return try body()
    }

    /// What the thread's slot points to while a reactor is current.
    ///
    /// The slot holds no reference: whoever enters keeps the scope until it has left.
    final class Scope {
        let reactor: any ReactorCore
        private let outer: UnsafeMutableRawPointer?

        private init(_ reactor: any ReactorCore, outer: UnsafeMutableRawPointer?) {
            self.reactor = reactor
            self.outer = outer
        }

        /// Makes `reactor` current until ``leave()``.
        static func entered(_ reactor: any ReactorCore) -> Scope {
            let scope = Scope(reactor, outer: cspawn_current())
            cspawn_set_current(Unmanaged.passUnretained(scope).toOpaque())
            return scope
        }

        /// Makes the outer reactor, or none, current again.
        func leave() {
            cspawn_set_current(self.outer)
        }
    }
}
