// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Reactor

/// A process protocol that can end its process: an interrupt, a wait, and a kill.
///
/// Signals go to the process *group*, so that what the process started is ended with it, and the
/// stages go on until ``processEnded(_:)``, which on a transport with a terminating ``ExitPolicy``
/// comes only when the group is empty. (The original signalled one process and stopped at its
/// death; reference W2.)
open class ProcessProtocolWithTwoStageKill: ProcessProtocol {
    /// How long a process may take to act on the interrupt, unless something else is asked for: 5
    /// s.
    public static var defaultWaitBeforeKill: Duration { .seconds(5) }

    /// What tells the time; the thread's reactor unless another was given.
    public let clock: any ReactorTime

    /// Where trouble is reported.
    public var logger = Logger(label: "reactor.process")

    /// How long ``terminateProcess(timeout:)`` waits between interrupt and kill if it is not told.
    public var waitBeforeKill = ProcessProtocolWithTwoStageKill.defaultWaitBeforeKill

    /// How long after the kill a process is waited for before it is given up (uninterruptible
    /// sleep).
    public var waitBeforeGivingUp: Duration = .seconds(5)

    /// The signals that ``terminateProcess(timeout:)`` has sent so far.
    public private(set) var signalsSent: [SentSignal] = []

    private var kill: TwoStageKill?
    /// What was asked for before there was a process to signal.
    private var postponed: [KillStage]?
    private var beginsLater: DelayedCall?
    private var wasConnected = false

    /// Makes a protocol.
    ///
    /// - Parameter clock: nil: the reactor of the current thread, which must be inside a turn then.
    public init(clock: (any ReactorTime)? = nil) {
        self.clock = clock ?? CurrentReactor.reactor
        super.init()
    }

    /// Ends the process: SIGINT now, SIGKILL after `timeout`, and after another wait it is given
    /// up.
    ///
    /// Returns at once; ``processEnded(_:)`` tells when it is over. Asking again changes nothing. A
    /// process that has exited already is left alone. One that is only being started is ended as
    /// soon as it is there.
    ///
    /// - Parameter timeout: how long it may take to act on the interrupt; nil: ``waitBeforeKill``.
    public func terminateProcess(timeout: Duration? = nil) {
        guard !self.isTerminating else { return }
        self.begin([
            KillStage(signal: .interrupt, wait: timeout ?? self.waitBeforeKill),
            KillStage(signal: .kill, wait: self.waitBeforeGivingUp),
        ])
    }

    /// Ends the process without patience: SIGKILL now, also in the middle of a
    /// ``terminateProcess(timeout:)``.
    ///
    /// It is given up as after that. Asking again changes nothing.
    public func killProcess() {
        guard let kill = self.kill else {
            return self.begin([KillStage(signal: .kill, wait: self.waitBeforeGivingUp)])
        }
        kill.skipToLast()
    }

    /// Whether ``terminateProcess(timeout:)`` or ``killProcess()`` was called.
    public var isTerminating: Bool { self.kill != nil || self.postponed != nil }

    /// Begins what was asked for meanwhile; an override calls super.
    open override func connectionMade() {
        super.connectionMade()
        self.wasConnected = true
        guard self.postponed != nil else { return }
        // Not in here: a subclass is still making its connection.
        self.beginsLater = self.clock.callLater(.zero) { [weak self] in
            guard let self, let stages = self.postponed else { return }
            self.begin(stages)
        }
    }

    /// Cancels the rest of the stages; an override calls super.
    open override func processEnded(_ end: ProcessEnd) {
        self.beginsLater?.cancel()
        self.kill?.processEnded()
        super.processEnded(end)
    }

    private func begin(_ stages: [KillStage]) {
        guard self.wasConnected else {
            self.postponed = stages
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
            failed: { [unowned self] in self.logger.error("\($0)") }
        )
    }

    private func send(_ signal: Signal) throws {
        guard let transport = self.transport else { throw ProcessExitedAlready() }
        // Recorded first: a test's transport reports the end from inside, and the record is read
        // there.
        self.signalsSent.append(SentSignal(signal, to: .group, at: self.clock.now))
        do {
            try transport.signalProcess(signal, to: .group)
        } catch {
            self.signalsSent.removeLast()
            throw error
        }
    }

    private func giveUp() {
        self.logger.error("The process did not even end of SIGKILL, and is given up.")
        self.transport?.giveUp()
    }
}
