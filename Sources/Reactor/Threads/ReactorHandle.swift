// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// The one mailbox through which other threads reach a reactor.
///
/// Sendable, and valid for longer than its reactor: what comes after the reactor has gone is
/// refused. It is also the reactor's serial executor, so an actor can live on the reactor:
///
///     actor Imports {
///         private let handle: ReactorHandle
///         nonisolated var unownedExecutor: UnownedSerialExecutor { self.handle.asUnownedSerialExecutor() }
///     }
public final class ReactorHandle: SerialExecutor {
    /// What waits to be done on the reactor.
    enum Message {
        /// A call from a thread.
        case call(@Sendable () -> Void)
        /// A piece of work of an actor that lives here.
        case job(UnownedJob)
        /// The wish that the reactor stop.
        case stop
        /// What a thread of the reactor's own has worked out.
        case result(UInt64, Result<any Sendable, any Error>)
    }

    /// What the lock protects.
    private struct Mailbox {
        /// In the order in which they came.
        var messages: [Message] = []
        /// Room for those that come while a turn runs the others: an array a turn was half of a
        /// call's allocations.
        var spare: [Message] = []
        /// Set when the reactor goes; nothing gets in any more.
        var isClosed = false
        /// The thread that runs the reactor's turns.
        var owner: pthread_t?

        mutating func takeMessages() -> [Message] {
            let taken = self.messages
            self.messages = self.spare
            self.spare = []
            return taken
        }
    }

    private let mailbox = Mutex(Mailbox())
    /// Interrupts the reactor's wait; nil once the reactor has gone, and what it would touch.
    ///
    /// Under a lock of its own: the reactor wakes on another processor at once and goes to the
    /// mailbox, which must be free by then.
    private let wake: Mutex<(@Sendable () -> Void)?>

    package init(wake: @escaping @Sendable () -> Void) {
        self.wake = Mutex(wake)
    }

    // MARK: - For other threads

    /// Calls `body` on the reactor's thread, in a later turn; may be called from any thread.
    ///
    /// Calls run in the order in which they came. One that comes while the calls of a turn run
    /// waits for the next turn, so that they cannot starve the rest.
    ///
    /// - Returns: false if the reactor has gone; `body` is then never called.
    @discardableResult
    public func callFromThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        self.submit(.call(body))
    }

    /// Asks the reactor to stop; may be called from any thread.
    ///
    /// - Returns: false if the reactor has gone.
    @discardableResult
    public func stop() -> Bool {
        self.submit(.stop)
    }

    // MARK: - SerialExecutor

    /// Runs a job of an actor on the reactor's thread.
    ///
    /// - Precondition: the reactor has not gone. A job cannot be refused; its task could only hang
    ///   for ever.
    public func enqueue(_ job: consuming ExecutorJob) {
        let accepted = self.submit(.job(UnownedJob(job)))
        require(
            accepted,
            "An actor that lives on a reactor was called after the reactor had shut down."
        )
    }

    /// Stops the program unless called on the reactor's thread.
    public func checkIsolated() {
        require(self.isOnReactor, "This code must run on its reactor's thread.")
    }

    /// Whether the calling thread is the reactor's.
    public func isIsolatingCurrentContext() -> Bool? {
        self.isOnReactor
    }

    /// Whether the calling thread is the one that runs the reactor.
    public var isOnReactor: Bool {
        self.mailbox.withLock { mailbox in
            mailbox.owner.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
    }

    // MARK: - For the reactor

    /// Makes the calling thread the one that runs the reactor.
    package func adoptCurrentThread() {
        self.mailbox.withLock { $0.owner = pthread_self() }
    }

    /// Runs what has come so far, in order; what comes meanwhile wakes the reactor again.
    ///
    /// `stop` is called for each wish to stop, `deliver` for each result of the reactor's threads.
    package func runMessages(
        stop: () -> Void,
        deliver: (UInt64, Result<any Sendable, any Error>) -> Void
    ) {
        var messages = self.mailbox.withLock { $0.takeMessages() }
        for message in messages {
            switch message {
            case .call(let body): body()
            case .job(let job): job.runSynchronously(on: self.asUnownedSerialExecutor())
            case .stop: stop()
            case .result(let number, let result): deliver(number, result)
            }
        }
        // What they captured is let go here, where it may call anybody, and not under the lock.
        messages.removeAll(keepingCapacity: messages.count < 1024)
        self.mailbox.withLock { $0.spare = messages }
    }

    /// Whether anything waits.
    package var hasMessages: Bool {
        self.mailbox.withLock { !$0.messages.isEmpty }
    }

    /// Shuts the mailbox.
    ///
    /// Calls that still wait are dropped; jobs that still wait are run, here and now.
    package func close() {
        let left = self.mailbox.withLock { mailbox in
            mailbox.isClosed = true
            return mailbox.takeMessages()
        }
        // Waits for a thread that is waking the reactor just now.
        self.wake.withLock { $0 = nil }
        // A task whose job is thrown away never ends. Run once more on this thread it can at least
        // end, or stop the program at its next use of the reactor.
        for case .job(let job) in left {
            job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
    }

    /// Hands in a result of one of the reactor's threads.
    func submitResult(_ number: UInt64, _ result: Result<any Sendable, any Error>) {
        _ = self.submit(.result(number, result))
    }

    private func submit(_ message: Message) -> Bool {
        let place: Int? = self.mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return nil }
            mailbox.messages.append(message)
            return mailbox.messages.count
        }
        // Whoever brings the first message wakes the reactor for all that come after it.
        if place == 1 { self.wake.withLock { $0?() } }
        return place != nil
    }
}
