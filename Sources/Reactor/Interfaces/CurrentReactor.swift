// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// The reactor of the current thread: what an omitted `clock` means.
///
/// Set for the length of a turn by every reactor, real and fake. There is none before `run()`: make objects
/// that need it inside `callWhenRunning`, or hand them their clock.
public enum CurrentReactor {
    /// The reactor whose turn this thread is in, if any.
    public static var ifAny: (any ReactorCore)? {
        guard let raw = cspawn_current() else { return nil }
        return Unmanaged<Scope>.fromOpaque(raw).takeUnretainedValue().reactor
    }

    /// The reactor whose turn this thread is in.
    ///
    /// - Precondition: there is one. The program stops with a message otherwise.
    public static var get: any ReactorCore {
        guard let reactor = self.ifAny else {
            preconditionFailure(
                "No reactor runs on this thread. Pass the clock explicitly, or make the object inside "
                    + "callWhenRunning."
            )
        }
        return reactor
    }

    /// Makes `reactor` the current one of this thread while `body` runs; nested use restores the outer one.
    ///
    /// Synchronous on purpose: after an `await` the thread may be another.
    public static func with<Result, Failure: Error>(
        _ reactor: any ReactorCore,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outer = cspawn_current()
        let scope = Scope(reactor)
        cspawn_set_current(Unmanaged.passUnretained(scope).toOpaque())
        defer {
            cspawn_set_current(outer)
            // The slot holds no reference: the scope must live until here.
            withExtendedLifetime(scope) {}
        }
        return try body()
    }

    /// What the thread's slot points to while a reactor is current. Strong only for the length of the scope.
    private final class Scope {
        let reactor: any ReactorCore

        init(_ reactor: any ReactorCore) {
            self.reactor = reactor
        }
    }
}
