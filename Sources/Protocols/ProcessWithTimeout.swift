// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The output of a finished process and the way it ended.
public struct ProcessOutput: Sendable, Hashable {
    /// The first bytes of the standard output, up to the limit.
    public var out: [UInt8]
    /// The first bytes of the standard error, up to the limit.
    public var err: [UInt8]
    /// Whether at least one of the two streams was longer than the limit.
    public var isTruncated: Bool
    /// How the process ended.
    public var exit: ProcessExit

    /// Creates an output, for example in a test.
    public init(out: [UInt8], err: [UInt8], isTruncated: Bool, exit: ProcessExit) {
        self.out = out
        self.err = err
        self.isTruncated = isTruncated
        self.exit = exit
    }
}

/// The error of a process with captured output that ended with anything but exit code 0.
public struct ProcessFailed: Error, Sendable, Hashable, CustomStringConvertible {
    /// The output up to the end, and the way the process ended.
    public var output: ProcessOutput
    /// The time limit that the process exceeded, or `nil` if the limit is not the reason.
    public var timeout: Duration?
    /// The processes that were meant to end and are still alive; see `ProcessEnd.survivors`.
    public var survivors: [ProcessSurvivor] = []

    /// Creates an error for a process with this output.
    public init(output: ProcessOutput) {
        self.output = output
    }

    /// The time limit if it was exceeded, the exit, and the last captured line of standard error.
    ///
    /// For example "The process exited with code 1: no such file", or "The process took longer than
    /// 10.0 seconds and died from SIGKILL." A further sentence names the survivors, if there
    /// are any.
    public var description: String {
        let limit = self.timeout.map { "took longer than \($0) and " } ?? ""
        let lines = String(decoding: self.output.err, as: UTF8.self).split(separator: "\n")
        let end = lines.last.map { ": \($0)" } ?? "."
        return "The process \(limit)\(self.output.exit)\(end)\(self.survivors.sentence)"
    }
}

/// A protocol for a short command: captures its output, and sends SIGKILL if it takes too long.
///
/// SIGKILL goes to the process group, and with the default `ExitPolicy` of a request the end waits
/// until the group is empty. A process that survives SIGKILL for 5 seconds is given up. Cancelling
/// the deferred sends SIGKILL too; the deferred fails with `CancelledError` at once.
///
/// The class does not belong to the hierarchy of monitors. Use it for helper commands whose result
/// is their output:
///
/// ```swift
/// let deferred = Deferred<ProcessOutput>()
/// let command = ProcessWithTimeout(deferred: deferred, timeout: .seconds(10), clock: reactor)
/// try reactor.spawnProcess(command, SpawnRequest("git", ["--version"]))
/// ```
public final class ProcessWithTimeout: ProcessProtocol, TimeoutMixin {
    /// The timer that limits the total run time.
    public let timeoutState = TimeoutState()

    private let deferred: Deferred<ProcessOutput>
    private let timeout: Duration
    private let clock: any ReactorTime
    private let limit: Int
    /// The kill of the process, or `nil` if the process is not being ended.
    private var kill: TwoStageKill?
    private var wasCancelled = false
    private var timedOut = false
    private var out: [UInt8] = []
    private var err: [UInt8] = []
    private var isTruncated = false

    /// Creates a protocol that is not connected to a process yet.
    ///
    /// - Parameters:
    ///   - deferred: Succeeds with the output if the process ends with code 0. Otherwise it
    ///     fails with ``ProcessFailed``. After a timeout, that error normally contains a death
    ///     from SIGKILL.
    ///   - timeout: How long the process may run in total.
    ///   - limit: How many bytes to keep of the start of each stream, not negative; 1 MiB
    ///     by default.
    ///   - clock: The clock for the timeout, or `nil` to use the reactor of the current thread.
    public init(
        deferred: Deferred<ProcessOutput>,
        timeout: Duration,
        limit: Int = 1 << 20,
        clock: (any ReactorTime)? = nil
    ) {
        require(limit >= 0, "The limit of captured output cannot be negative: \(limit).")
        self.deferred = deferred
        self.timeout = timeout
        self.limit = limit
        self.clock = clock ?? CurrentReactor.reactor
        super.init()
        deferred.addCanceller { [weak self] in self?.deferredWasCancelled() }
    }

    /// Schedules `body` on the clock of the protocol.
    public func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.clock.callLater(delay, body)
    }

    /// Starts the timer.
    public override func connectionMade() {
        // After a cancel there is nothing to wait for.
        self.setTimeout(self.wasCancelled ? .zero : self.timeout)
    }

    /// Appends standard output up to the limit.
    public override func outReceived(_ data: RawSpan) {
        self.keep(data, in: &self.out)
    }

    /// Appends standard error up to the limit.
    public override func errReceived(_ data: RawSpan) {
        self.keep(data, in: &self.err)
    }

    /// Sends SIGKILL to the process group, because the process took too long.
    public func timeoutConnection() {
        self.timedOut = !self.wasCancelled
        self.killGroup()
    }

    /// Fires the deferred.
    public override func processEnded(_ end: ProcessEnd) {
        self.setTimeout(nil)
        self.kill?.processEnded()
        // A deferred that was cancelled has its result already.
        guard self.deferred.isPending else { return }
        let output = ProcessOutput(
            out: self.out,
            err: self.err,
            isTruncated: self.isTruncated,
            exit: end.exit
        )
        if end.exit.isSuccess {
            self.deferred.succeed(output)
        } else {
            var error = ProcessFailed(output: output)
            error.timeout = self.timedOut ? self.timeout : nil
            error.survivors = end.survivors
            self.deferred.fail(error)
        }
    }

    private func deferredWasCancelled() {
        self.wasCancelled = true
        if self.transport != nil { self.killGroup() }
    }

    private func killGroup() {
        guard self.kill == nil, let transport = self.transport else { return }
        // A process that the kernel protects from the signal is given up like one that survives it.
        let kill = TwoStageKill(
            clock: self.clock,
            send: { [weak transport] in try transport?.signalProcess($0, to: .group) },
            giveUp: { [weak transport] in transport?.giveUp() },
            reportError: { _ in }
        )
        self.kill = kill
        transport.waitForGroup()
        kill.begin([KillStage(signal: .kill, wait: .seconds(5))])
    }

    private func keep(_ data: RawSpan, in buffer: inout [UInt8]) {
        let room = self.limit - buffer.count
        buffer.append(contentsOf: data.extracting(first: room))
        if data.byteCount > room { self.isTruncated = true }
    }
}

/// Runs a command, discards its output, and ends the command if it takes too long.
///
/// After `timeout` the command and its process group are ended in two stages, as
/// ``ProcessProtocolWithTwoStageKill`` describes. The deferred then fails when the group is empty,
/// or with an error that names the survivors of SIGKILL. Cancelling the deferred ends the command
/// in the same way; the deferred fails with `CancelledError` at once. A reactor that is asked to
/// stop meanwhile waits for the end of the stages.
///
/// The command inherits the environment of the parent. (In Launchpad's worker monitor, the
/// environment was empty.)
///
/// - Parameters:
///   - arguments: The program and its arguments. An empty array stops the program with a message.
///   - timeout: How long the command may run in total.
///   - reactor: The reactor that starts the process.
///   - clock: The clock for the timeout, or `nil` to use the reactor of the current thread.
/// - Returns: A deferred that succeeds when the process has ended with code 0. It fails with
///   `SpawnError` if the process cannot be started, with `TimeoutError` if it takes too long,
///   and with ``ProcessTerminated`` if it ends in any other way.
public func runProcessWithTimeout(
    _ arguments: [String],
    timeout: Duration = .seconds(5),
    on reactor: any ReactorProcess,
    clock: (any ReactorTime)? = nil
) -> Deferred<ProcessEnd> {
    require(!arguments.isEmpty, "runProcessWithTimeout needs at least the name of a program.")
    let deferred = Deferred<ProcessEnd>()
    let monitor = CommandMonitor(
        deferred: deferred,
        timeout: timeout,
        clock: clock
    )
    let request = SpawnRequest(arguments[0], Array(arguments.dropFirst()))
    do {
        try reactor.spawnProcess(monitor, request)
    } catch {
        deferred.fail(error)
    }
    return deferred
}

/// The monitor of a command whose total run time is limited, however much it writes.
private final class CommandMonitor: ProcessMonitorProtocolWithTimeout {
    override func timeoutConnection() {
        self.unexpectedError(
            TimeoutError(after: self.timeout ?? .zero, "the command did not end")
        )
    }
}
