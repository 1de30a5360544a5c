// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc
internal import Synchronization

/// The mailbox through which other threads send calls to a reactor.
///
/// A handle is Sendable and may outlive its reactor. After the reactor has shut down, the handle
/// refuses further calls. The handle is also the serial executor of the reactor, so an actor can
/// live on the reactor's thread. When the reactor shuts down, the tasks that await a deferred on
/// the actor get a ``CancelledError``, and later jobs of the actor run on another thread:
///
///     actor Imports {
///         private let handle: ReactorHandle
///         nonisolated var unownedExecutor: UnownedSerialExecutor {
///             self.handle.asUnownedSerialExecutor()
///         }
///     }
public final class ReactorHandle: SerialExecutor {
    /// A request from another thread, which the reactor carries out in a later turn.
    enum Message {
        /// Call this function.
        case call(@Sendable () -> Void)
        /// Run this job of an actor that lives on the reactor.
        case job(UnownedJob)
        /// Stop the reactor.
        case stop
        /// Deliver the result that a worker thread has produced for the deferred with this number.
        case result(UInt64, Result<any Sendable, any Error>)
    }

    /// The state that the lock protects.
    private struct Mailbox {
        /// The messages in order of arrival.
        var messages: [Message] = []
        /// An empty array that replaces `messages` while a turn handles them.
        ///
        /// The array keeps its capacity. Without the reuse, each turn that handles messages would
        /// allocate a new array, which was half of the allocations that a `callFromThread` caused.
        var spare: [Message] = []
        /// Whether the reactor has shut down and the mailbox refuses messages.
        var isClosed = false
        /// The tasks that await a deferred on an actor of this reactor.
        var waitingTasks: [ObjectIdentifier: WaitingTask] = [:]
        /// Whether a thread is running messages or jobs, so that no other thread may run a job.
        var isRunning = false
        /// The jobs that have not run and that arrived when or after the mailbox was closed.
        var lateJobs: [UnownedJob] = []
        /// The thread that runs the reactor, or `nil` if no thread has been adopted yet.
        var owner: pthread_t?

        mutating func takeMessages() -> [Message] {
            let taken = self.messages
            self.messages = self.spare
            self.spare = []
            return taken
        }
    }

    private let mailbox = Mutex(Mailbox())
    /// Interrupts the reactor's wait; `nil` after `close()`, because the loop may be freed then.
    ///
    /// The function has a separate lock. A woken reactor runs on another processor at once and
    /// locks the mailbox, which must not be locked by the waking thread at that moment.
    private let wake: Mutex<(@Sendable () -> Void)?>

    package init(wake: @escaping @Sendable () -> Void) {
        self.wake = Mutex(wake)
    }

    // MARK: - For other threads

    /// Calls `body` on the reactor's thread in a later turn.
    ///
    /// Any thread may use this method. Calls run in the order of their arrival. A call that arrives
    /// while a turn runs other calls waits for the next turn, so that calls cannot keep the reactor
    /// from its other work. A call that has not run when the reactor shuts down is discarded.
    ///
    /// - Returns: `false` if the reactor has shut down, in which case `body` never runs.
    @discardableResult
    public func callFromThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        self.submit(.call(body))
    }

    /// Asks the reactor to stop.
    ///
    /// Any thread may use this method.
    ///
    /// - Returns: `false` if the reactor has already shut down.
    @discardableResult
    public func stop() -> Bool {
        self.submit(.stop)
    }

    // MARK: - SerialExecutor

    /// Runs a job of an actor on the reactor's thread in a later turn.
    ///
    /// An executor cannot refuse a job, because the task of a discarded job would hang. After
    /// the reactor has shut down, the jobs of its actors therefore run on a thread that is
    /// started for them, one at a time. There is no current reactor then, and awaiting a
    /// deferred throws ``CancelledError``.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if !self.submit(.job(job)) { self.runLate(job) }
    }

    /// Stops the program unless it is called on the reactor's thread.
    public func checkIsolated() {
        require(self.isOnReactor, "This code must run on its reactor's thread.")
    }

    /// Returns whether the calling thread is the reactor's thread.
    public func isIsolatingCurrentContext() -> Bool? {
        self.isOnReactor
    }

    /// Whether the calling thread is the reactor's thread.
    public var isOnReactor: Bool {
        self.mailbox.withLock { mailbox in
            mailbox.owner.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
    }

    // MARK: - For the reactor

    /// Makes the calling thread the reactor's thread.
    package func adoptCurrentThread() {
        self.mailbox.withLock { $0.owner = pthread_self() }
    }

    /// Handles the messages that have arrived so far, in order of arrival.
    ///
    /// A message that arrives during this call wakes the reactor again.
    ///
    /// - Parameters:
    ///   - stop: Called for each request to stop.
    ///   - deliver: Called for each result of a worker thread, with the number of its deferred.
    package func runMessages(
        stop: () -> Void,
        deliver: (UInt64, Result<any Sendable, any Error>) -> Void
    ) {
        var messages = self.mailbox.withLock { mailbox in
            mailbox.isRunning = true
            return mailbox.takeMessages()
        }
        let outer = self.enter()
        for message in messages {
            switch message {
            case .call(let body): body()
            case .job(let job): job.runSynchronously(on: self.asUnownedSerialExecutor())
            case .stop: stop()
            case .result(let number, let result): deliver(number, result)
            }
        }
        // This releases the objects that the messages captured. It must not happen under the lock,
        // because the `deinit` of such an object may use this handle.
        messages.removeAll(keepingCapacity: messages.count < 1024)
        cspawn_set_current_handle(outer)
        let hasLateJobs = self.mailbox.withLock { mailbox in
            mailbox.spare = messages
            mailbox.isRunning = !mailbox.lateJobs.isEmpty
            return mailbox.isRunning
        }
        // A message has closed the mailbox.
        if hasLateJobs { self.startLateThread() }
    }

    /// Whether the mailbox contains messages.
    package var hasMessages: Bool {
        self.mailbox.withLock { !$0.messages.isEmpty }
    }

    /// Closes the mailbox, discards the calls in it, ends the waits of tasks, and runs all jobs.
    ///
    /// After this method has returned, no thread calls the `wake` function that `init` received.
    package func close() {
        let (remaining, waitingTasks, isFree) = self.mailbox.withLock { mailbox in
            let isFree = !mailbox.isRunning
            // From here on no other thread runs a job, even if one arrives before the next line.
            mailbox.isRunning = true
            mailbox.isClosed = true
            let messages = mailbox.takeMessages()
            for case .job(let job) in messages { mailbox.lateJobs.append(job) }
            let waitingTasks = Array(mailbox.waitingTasks.values)
            mailbox.waitingTasks = [:]
            return (messages, waitingTasks, isFree)
        }
        // The lock makes this line wait for a thread that is waking the reactor at this moment.
        self.wake.withLock { $0 = nil }
        // Nothing else would ever resume these tasks. Their next jobs arrive as late jobs.
        for task in waitingTasks { task.reactorHasEnded() }
        withExtendedLifetime(remaining) {}
        // If a message of this reactor closes the mailbox, the job that may have sent it must
        // return before another job of its actor can run.
        if isFree { self.runLateJobs(limit: 1000) }
    }

    // MARK: - Jobs after the end

    /// Runs a job that arrived after the mailbox was closed.
    private func runLate(_ job: UnownedJob) {
        let isFree = self.mailbox.withLock { mailbox in
            mailbox.lateJobs.append(job)
            defer { mailbox.isRunning = true }
            return !mailbox.isRunning
        }
        if isFree { self.startLateThread() }
    }

    private func startLateThread() {
        startThread {
            self.adoptCurrentThread()
            self.runLateJobs(limit: .max, isLateThread: true)
        }
    }

    /// Runs late jobs until none is left; after `limit` jobs a new thread continues.
    ///
    /// The caller has set `isRunning`, so that no two threads run jobs at the same time.
    private func runLateJobs(limit: Int, isLateThread: Bool = false) {
        let outer = self.enter()
        defer { cspawn_set_current_handle(outer) }
        for _ in 0..<limit {
            let job: UnownedJob? = self.mailbox.withLock { mailbox in
                guard !mailbox.lateJobs.isEmpty else {
                    mailbox.isRunning = false
                    if isLateThread { mailbox.owner = nil }
                    return nil
                }
                return mailbox.lateJobs.removeFirst()
            }
            guard let job else { return }
            job.runSynchronously(on: self.asUnownedSerialExecutor())
        }
        self.startLateThread()
    }

    // MARK: - Tasks that await a deferred

    /// The handle whose message or job the calling thread runs, or `nil` if there is none.
    static var current: ReactorHandle? {
        guard let raw = cspawn_current_handle() else { return nil }
        return Unmanaged<ReactorHandle>.fromOpaque(raw).takeUnretainedValue()
    }

    /// Makes this handle the current one of the calling thread, and returns the previous one.
    ///
    /// The thread keeps a reference to the handle until it has restored the previous value.
    private func enter() -> UnsafeMutableRawPointer? {
        let outer = cspawn_current_handle()
        cspawn_set_current_handle(Unmanaged.passUnretained(self).toOpaque())
        return outer
    }

    /// The number of tasks that await a deferred on an actor of this reactor.
    package var waitingTaskCount: Int { self.mailbox.withLock(\.waitingTasks.count) }

    /// Adds a task that must be resumed when the reactor ends.
    ///
    /// - Returns: `false` if the reactor has already ended.
    func addWaitingTask(_ task: WaitingTask) -> Bool {
        self.mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return false }
            mailbox.waitingTasks[ObjectIdentifier(task)] = task
            return true
        }
    }

    func removeWaitingTask(_ task: WaitingTask) {
        self.mailbox.withLock { mailbox in
            // The reference in the dictionary must not be the last one, because the release of a
            // chain must not happen under the lock.
            withExtendedLifetime(task) { mailbox.waitingTasks[ObjectIdentifier(task)] = nil }
        }
    }

    /// Sends the result of a worker thread, for the deferred with this number.
    ///
    /// The result is discarded if the reactor has shut down.
    func submitResult(_ number: UInt64, _ result: Result<any Sendable, any Error>) {
        _ = self.submit(.result(number, result))
    }

    private func submit(_ message: Message) -> Bool {
        let count: Int? = self.mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return nil }
            mailbox.messages.append(message)
            return mailbox.messages.count
        }
        // Only the first message wakes the reactor, which then takes all messages at once.
        if count == 1 { self.wake.withLock { $0?() } }
        return count != nil
    }
}
