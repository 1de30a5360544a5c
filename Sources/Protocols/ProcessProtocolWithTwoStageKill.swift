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
/// process. The stages continue until the group is empty, so a descendant that ignores SIGINT
/// receives SIGKILL too, even if the process itself is already dead. (Launchpad's worker monitor
/// signaled a single process and stopped when that process was dead.)
///
/// With the default `ExitPolicy` of a request, ``processEnded(_:)`` is called only once the group
/// is empty. Another policy keeps its meaning: if it calls ``processEnded(_:)`` earlier, the stages
/// continue in the background until the group is empty. A process that ends by itself is not
/// affected: the other members of its group are left alone.
///
/// A reactor that is asked to stop first waits until all stages are over. This takes at most
/// ``waitBeforeKill`` and ``waitBeforeGivingUp`` from the call of ``terminateProcess(timeout:)``.
///
/// `ProcessProtocol` describes when each hook is called. This class uses ``connectionMade()`` and
/// ``processEnded(_:)``: a subclass that overrides one of them must call `super`.
///
/// The end of all descendants is not guaranteed. Descendants that have left the group, for example
/// with `setsid`, receive no signal. A process in uninterruptible sleep survives SIGKILL. After
/// ``waitBeforeGivingUp`` the protocol gives it up, and ``processEnded(_:)`` is called although the
/// process is still alive; `ProcessEnd.survivors` then names it.
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
    private lazy var shutdownGuard = ShutdownGuard(self.clock)

    /// Creates a protocol that is not connected to a process yet.
    ///
    /// - Parameter clock: The clock for all waits, or `nil` to use the reactor of the current
    ///   thread. With `nil`, the call must come from inside a turn of that reactor; otherwise the
    ///   program stops with a message that says so.
    public init(clock: (any ReactorTime)? = nil) {
        self.clock = clock ?? CurrentReactor.reactor
        super.init()
        self.needsConnectionMade = true
        self.needsProcessEnded = true
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
        self.needsConnectionMade = false
        self.wasConnected = true
        guard self.postponedStages != nil else { return }
        // A signal sent here could end the process while the override of a subclass
        // is still running.
        self.postponedBegin = self.clock.callLater(.zero) { [weak self] in
            guard let self, let stages = self.postponedStages else { return }
            self.begin(stages)
        }
    }

    /// Cancels the remaining stages, unless the process group still has members.
    ///
    /// An override must call `super`; otherwise the timer of the next stage keeps running.
    open override func processEnded(_ end: ProcessEnd) {
        self.needsProcessEnded = false
        self.postponedBegin?.cancel()
        if let kill = self.kill { self.endKill(kill) }
        super.processEnded(end)
    }

    /// Ends the stages, or lets them continue if the exit policy did not wait for the group.
    private func endKill(_ kill: TwoStageKill) {
        guard kill.isWaiting, let transport = self.transport, !transport.membersOfGroup().isEmpty
        else { return kill.processEnded() }
        kill.continueAfterEnd(
            send: { try transport.signalProcess($0, to: .group) },
            giveUp: { [logger, waitBeforeGivingUp] in
                Self.report(transport.membersOfGroup(), after: waitBeforeGivingUp, logger)
            },
            reportError: { [logger] in logger.error("\($0)") }
        )
    }

    private func begin(_ stages: [KillStage]) {
        guard self.wasConnected else {
            self.postponedStages = stages
            return
        }
        let kill = self.makeKill()
        self.kill = kill
        // The exit policy must know of the kill before the signal can end the process.
        self.transport?.waitForGroup()
        self.shutdownGuard.engage()
        kill.whenOver = { [shutdownGuard] in shutdownGuard.release() }
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
        let members = self.transport?.membersOfGroup() ?? []
        Self.report(members, after: self.waitBeforeGivingUp, self.logger)
        self.transport?.giveUp()
    }

    private static func report(
        _ members: [ProcessSurvivor],
        after wait: Duration,
        _ logger: Logger
    ) {
        let names = members.isEmpty ? [:] : ["survivors": Logger.MetadataValue(members)]
        logger.error(
            """
            The process or a member of its group is still alive \(wait) after SIGKILL. It is no \
            longer supervised.
            """,
            metadata: names
        )
    }
}

extension Logger.MetadataValue {
    /// The descriptions of processes, separated by commas.
    fileprivate init(_ processes: [ProcessSurvivor]) {
        self = .string(processes.map(\.description).joined(separator: ", "))
    }
}

/// Keeps a reactor from shutting down while processes are being ended.
///
/// Without it, a program that stops its reactor right after it has asked for the end of a process
/// would never send SIGKILL. Only a reactor that is the clock of the stages waits for them: the
/// stages of another clock might never be due.
private final class ShutdownGuard {
    private let clock: any ReactorTime
    private weak var reactor: (any ReactorCore)?
    private var trigger: Trigger?
    private var isOver: Deferred<Void>?

    init(_ clock: any ReactorTime) {
        self.clock = clock
    }

    deinit {
        self.release()
    }

    /// Makes the next shutdown of the reactor wait for ``release()``.
    func engage() {
        guard let reactor = self.clock as? any ReactorCore else { return }
        let isOver = Deferred<Void>()
        self.reactor = reactor
        self.isOver = isOver
        self.trigger = reactor.addAsyncTrigger(before: .shutdown) { isOver }
    }

    /// Lets the reactor shut down.
    func release() {
        guard let isOver = self.isOver else { return }
        self.isOver = nil
        if let trigger = self.trigger { self.reactor?.removeTrigger(trigger) }
        isOver.succeed()
    }
}
