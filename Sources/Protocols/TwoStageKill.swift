// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// One stage of ending a process: a signal, and the time to wait for its effect.
package struct KillStage: Sendable, Hashable {
    /// The signal that the stage sends.
    package var signal: Signal
    /// How long the process may take to end before the next stage begins.
    package var wait: Duration

    package init(signal: Signal, wait: Duration) {
        self.signal = signal
        self.wait = wait
    }
}

/// Ends a process in stages: SIGINT, a wait, SIGKILL, a last wait, and then gives the process up.
///
/// The kill begins at most once. (Launchpad's worker monitor sent SIGINT again if the kill was
/// requested twice, and leaked the first timer.) If the process turns out to be gone when a signal
/// is sent, the kill is over and sets no timer.
package final class TwoStageKill {
    private enum State {
        /// The kill has not begun.
        case idle
        /// The signal of a stage was sent. The stages in `rest` follow when the timer fires.
        case waiting(timer: DelayedCall, rest: ArraySlice<KillStage>)
        /// The signal of a stage is being sent. The transport may report the end of the process
        /// during that call.
        case sending
        /// The process has ended or was given up.
        case over
    }

    private var state = State.idle
    private let clock: any ReactorTime
    private var send: (Signal) throws -> Void
    private var giveUp: () -> Void
    private var reportError: (any Error) -> Void
    /// Whether the kill has no owner and is kept alive by its timer.
    private var continuesAfterEnd = false
    /// Called once when the kill is over, however it ended, and then set to `nil`.
    package var whenOver: (() -> Void)?

    /// Creates a kill that has not begun.
    ///
    /// - Parameters:
    ///   - clock: Schedules the waits.
    ///   - send: Sends a signal. It throws ``ProcessExitedAlready`` if the process is gone.
    ///   - giveUp: Called if the process has not ended when the last wait is over.
    ///   - reportError: Called with any other error that `send` throws. The stages continue.
    package init(
        clock: any ReactorTime,
        send: @escaping (Signal) throws -> Void,
        giveUp: @escaping () -> Void,
        reportError: @escaping (any Error) -> Void
    ) {
        self.clock = clock
        self.send = send
        self.giveUp = giveUp
        self.reportError = reportError
    }

    deinit {
        if case .waiting(let timer, _) = self.state { timer.cancel() }
    }

    /// Whether the signal of a stage was sent and the kill waits for its effect.
    package var isWaiting: Bool {
        if case .waiting = self.state { true } else { false }
    }

    /// Sends the signal of the first stage now and the other signals after their waits.
    ///
    /// Does nothing if the kill has begun already or the process has ended.
    package func begin(_ stages: [KillStage]) {
        guard case .idle = self.state else { return }
        self.perform(stages[...])
    }

    /// Performs the last stage now, which is SIGKILL, unless that stage has already been performed
    /// or the kill has not begun.
    package func skipToLast() {
        guard case .waiting(let timer, let rest) = self.state, !rest.isEmpty else { return }
        timer.cancel()
        self.perform(rest.suffix(1))
    }

    /// Cancels the remaining stages, because the process has ended.
    package func processEnded() {
        if case .waiting(let timer, _) = self.state { timer.cancel() }
        self.finish()
    }

    /// Continues the stages although the process counts as ended, because its group has members.
    ///
    /// The timer keeps the kill alive from now on, because the protocol that owned it may be
    /// released at any time. The closures replace those of the initializer, so they must not refer
    /// to the protocol.
    package func continueAfterEnd(
        send: @escaping (Signal) throws -> Void,
        giveUp: @escaping () -> Void,
        reportError: @escaping (any Error) -> Void
    ) {
        guard case .waiting(let timer, let rest) = self.state, let due = timer.deadline else {
            return
        }
        self.send = send
        self.giveUp = giveUp
        self.reportError = reportError
        self.continuesAfterEnd = true
        timer.cancel()
        self.wait(due - self.clock.now, rest)
    }

    private func finish() {
        self.state = .over
        guard let whenOver = self.whenOver else { return }
        self.whenOver = nil
        whenOver()
    }

    private func perform(_ stages: ArraySlice<KillStage>) {
        guard let stage = stages.first else {
            return self.giveUpNow()
        }
        self.state = .sending
        do {
            try self.send(stage.signal)
        } catch is ProcessExitedAlready {
            return self.processEnded()
        } catch {
            self.reportError(error)
        }
        // The transport of a test may end the process inside `send`. Then no timer is needed.
        guard case .sending = self.state else { return }
        self.wait(stage.wait, stages.dropFirst())
    }

    private func wait(_ duration: Duration, _ rest: ArraySlice<KillStage>) {
        let owner = self.continuesAfterEnd ? self : nil
        let timer = self.clock.callLater(duration) { [weak self] in
            withExtendedLifetime(owner) { self?.perform(rest) }
        }
        self.state = .waiting(timer: timer, rest: rest)
    }

    private func giveUpNow() {
        self.state = .over
        self.giveUp()
        // A transport reports the end of a process that was given up in the next turn. The kill is
        // over once that report was delivered, or at the latest when it must have been.
        guard self.whenOver != nil else { return }
        self.clock.callLater(.zero) { self.finish() }
    }
}
