// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Starts a detached thread that runs `body` with all signals blocked.
///
/// The closure is `sending`, so it may capture objects that are not Sendable and that only the new
/// thread uses from then on, such as a reactor. `Thread` of Foundation requires a `@Sendable`
/// closure and does not allow this. Signals are blocked because the main thread handles them.
package func startThread(_ body: sending @escaping () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // The new thread inherits the signal mask, so the mask is set before the thread starts.
    var allSignals = sigset_t()
    var previousMask = sigset_t()
    sigfillset(&allSignals)
    pthread_sigmask(SIG_BLOCK, &allSignals, &previousMask)
    defer { pthread_sigmask(SIG_SETMASK, &previousMask, nil) }
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
    // Without the thread, the operations that wait for its work could never finish.
    require(
        code == 0,
        """
        Cannot start a thread: \(String(cString: strerror(code))). Check the limits on the number \
        of threads and on memory.
        """
    )
}

/// Passes the body to the new thread.
///
/// The starting thread uses the object before the start, and the new thread uses it afterwards.
private final class ThreadBody {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }
}
