// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Reactor

/// A process protocol that can end its process: SIGINT, a wait, then SIGKILL.
///
/// This class adds ``terminateProcess(timeout:)`` and ``killProcess()`` to `ProcessProtocol`:
///
/// ```swift
/// let killer = ProcessProtocolWithTwoStageKill(clock: reactor)
/// try reactor.spawnProcess(killer, SpawnRequest("sleep", ["60"]))
/// reactor.callLater(.seconds(10)) { killer.terminateProcess() }
/// ```
///
/// Signals go to the whole process group, so that descendants in the group end together with the
/// process. The stages continue until ``processEnded(_:)`` is called. If the `ExitPolicy` of the
/// request terminates the group, that call comes only once the group is empty, so a descendant that
/// ignores SIGINT receives SIGKILL too. (Launchpad's worker monitor signaled a single process and
/// stopped when that process was dead.)
///
/// `ProcessProtocol` describes when each hook is called. This class uses ``connectionMade()`` and
/// ``processEnded(_:)``: a subclass that overrides one of them must call `super`.
///
/// The end of all descendants is not guaranteed. Descendants that have left the group, for example
/// with `setsid`, receive no signal. A process in uninterruptible sleep survives SIGKILL. After
/// ``waitBeforeGivingUp`` the protocol gives it up, and ``processEnded(_:)`` is called although the
/// process is still alive.
open class ProcessProtocolWithTwoStageKill: ProcessProtocol {
    /// The default of ``waitBeforeKill``: 5 seconds.
    public static var defaultWaitBeforeKill: Duration { .seconds(5) }

    /// The clock that schedules all waits and timeouts of the protocol.
    public let clock: any ReactorTime

    /// The logger for errors that do not change the outcome of the process.
    public var logger = Logger(label: "reactor.process")

    /// How long ``terminateProcess(timeout:)`` waits between SIGINT and SIGKILL by default.
    public var waitBeforeKill = ProcessProtocolWithTwoStageKill.defaultWaitBeforeKill

    /// How long to wait after SIGKILL before the process is given up; 5 seconds by default.
    public var waitBeforeGivingUp: Duration = .seconds(5)

    /// The signals that this protocol has sent so far, in order.
    ///
    /// Signals that could not be sent are not recorded.
    public private(set) var signalsSent: [SentSignal] = []

    private var kill: TwoStageKill?
    /// The stages that were requested before the protocol was connected to a process.
    private var postponedStages: [KillStage]?
    private var postponedBegin: DelayedCall?
    private var wasConnected = false

    /// Creates a protocol that is not connected to a process yet.
    ///
    /// - Parameter clock: The clock for all waits, or `nil` to use the reactor of the current
    ///   thread. With `nil`, the call must come from inside a turn of that reactor; otherwise the
    ///   program stops with a message that says so.
    public init(clock: (any ReactorTime)? = nil) {
        self.clock = clock ?? CurrentReactor.reactor
        super.init()
    }

    /// Ends the process: sends SIGINT now and SIGKILL after `timeout`, and gives up if the process
    /// is still alive after ``waitBeforeGivingUp``.
    ///
    /// The method returns at once; ``processEnded(_:)`` reports the end. A second call has no
    /// effect. The method does nothing if the process is already gone. If the process is still
    /// being started, the stages begin in the turn after ``connectionMade()``.
    ///
    /// - Parameter timeout: How long the process may take to react to SIGINT, or `nil` to
    ///   use ``waitBeforeKill``.
    public func terminateProcess(timeout: Duration? = nil) {
        guard !self.isTerminating else { return }
        self.begin([
            KillStage(signal: .interrupt, wait: timeout ?? self.waitBeforeKill),
            KillStage(signal: .kill, wait: self.waitBeforeGivingUp),
        ])
    }

    /// Ends the process with SIGKILL now, even if ``terminateProcess(timeout:)`` is still waiting.
    ///
    /// The process is given up after ``waitBeforeGivingUp``. A second call has no effect.
    public func killProcess() {
        guard let kill = self.kill else {
            return self.begin([KillStage(signal: .kill, wait: self.waitBeforeGivingUp)])
        }
        kill.skipToLast()
    }

    /// Whether ``terminateProcess(timeout:)`` or ``killProcess()`` was called.
    public var isTerminating: Bool { self.kill != nil || self.postponedStages != nil }

    /// Begins the stages that were requested before the process was started, in the next turn.
    ///
    /// An override must call `super`.
    open override func connectionMade() {
        super.connectionMade()
        self.wasConnected = true
        guard self.postponedStages != nil else { return }
        // A signal sent here could end the process while the override of a subclass
        // is still running.
        self.postponedBegin = self.clock.callLater(.zero) { [weak self] in
            guard let self, let stages = self.postponedStages else { return }
            self.begin(stages)
        }
    }

    /// Cancels the remaining stages.
    ///
    /// An override must call `super`; otherwise the timer of the next stage keeps running.
    open override func processEnded(_ end: ProcessEnd) {
        self.postponedBegin?.cancel()
        self.kill?.processEnded()
        super.processEnded(end)
    }

    private func begin(_ stages: [KillStage]) {
        guard self.wasConnected else {
            self.postponedStages = stages
            return
        }
        let kill = self.makeKill()
        self.kill = kill
        kill.begin(stages)
    }

    private func makeKill() -> TwoStageKill {
        TwoStageKill(
            clock: self.clock,
            send: { [unowned self] in try self.send($0) },
            giveUp: { [unowned self] in self.giveUp() },
            reportError: { [unowned self] in self.logger.error("\($0)") }
        )
    }

    private func send(_ signal: Signal) throws {
        guard let transport = self.transport else { throw ProcessExitedAlready() }
        // The signal is recorded before it is sent: the transport of a test may call
        // `processEnded(_:)` inside `signalProcess`, and that hook may read the record.
        self.signalsSent.append(SentSignal(signal, to: .group, at: self.clock.now))
        do {
            try transport.signalProcess(signal, to: .group)
        } catch {
            self.signalsSent.removeLast()
            throw error
        }
    }

    private func giveUp() {
        self.logger.error(
            """
            The process or a member of its group is still alive \(self.waitBeforeGivingUp) after \
            SIGKILL. It is no longer supervised.
            """,
            metadata: self.transport?.pid.map { ["pid": "\($0)"] }
        )
        self.transport?.giveUp()
    }
}
