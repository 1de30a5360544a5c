// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Starts a detached thread that runs `body`, which may take non-Sendable things along (they are
/// its own then).
///
/// Foundation's `Thread` wants a `@Sendable` closure, so a reactor could not be made inside it.
/// Signals are blocked in the thread: they are for the program's main thread.
package func startThread(_ body: sending @escaping () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var everything = sigset_t()
    var before = sigset_t()
    sigfillset(&everything)
    pthread_sigmask(SIG_BLOCK, &everything, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = pthread_create(
        &thread,
        &attributes,
        { raw in
            guard let raw else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().body()
            return nil
        },
        box.toOpaque()
    )
    // The thread never began; without it nothing of what waits for it can go on.
    require(code == 0, "Cannot start a thread: \(String(cString: strerror(code))).")
}

/// Carries the body over; touched by one thread before the start, by the other after it.
private final class ThreadBody {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }
}
