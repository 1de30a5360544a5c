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
    private let send: (Signal) throws -> Void
    private let giveUp: () -> Void
    private let reportError: (any Error) -> Void

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
        self.processEnded()
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
        self.state = .over
    }

    private func perform(_ stages: ArraySlice<KillStage>) {
        guard let stage = stages.first else {
            self.state = .over
            return self.giveUp()
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
        let timer = self.clock.callLater(stage.wait) { [weak self] in
            self?.perform(stages.dropFirst())
        }
        self.state = .waiting(timer: timer, rest: stages.dropFirst())
    }
}
