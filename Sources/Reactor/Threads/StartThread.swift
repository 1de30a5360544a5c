// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Starts a detached thread that runs `body` with all signals blocked.
///
/// The closure is `sending`, so it may capture objects that are not Sendable and that only the new
/// thread uses from then on, such as a reactor. `Thread` of Foundation requires a `@Sendable`
/// closure and does not allow this. Signals are blocked because the main thread handles them.
///
/// - Throws: ``ThreadError`` if the system cannot start another thread; `body` is released then.
package func tryToStartThread(_ body: sending @escaping () -> Void) throws(ThreadError) {
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
    guard code == 0 else {
        box.release()
        throw ThreadError(errno: code)
    }
}

/// Starts a detached thread as ``tryToStartThread(_:)`` does, or stops the program.
package func startThread(_ body: sending @escaping () -> Void) {
    do {
        try tryToStartThread(body)
    } catch {
        stopProgram(error.description)
    }
}

/// The system could not start a thread for work that was passed to
/// ``ReactorThreads/deferToThread(_:)``.
public struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error number of pthread_create(3), usually EAGAIN.
    public var errno: Int32

    /// A sentence with the reason and the limits to check.
    public var description: String {
        "Cannot start a thread: \(errorText(self.errno)). Raise the limit on processes (ulimit -u, or "
            + "TasksMax= of systemd) or on memory (ulimit -v, ulimit -d)."
    }
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
