// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// Ends a process in stages: SIGINT, a wait, SIGKILL, a last wait, and then it is given up.
///
/// Beginning twice is the same as beginning once. A process that has gone already is left alone,
/// and no timer is set for it. (The original sent the interrupt again and leaked the first timer;
/// reference W22.)
public final class TwoStageKill {
    /// Where the kill is.
    private enum State {
        /// Nobody has asked for it.
        case idle
        /// A stage's signal was sent; `rest` come when the timer fires.
        case waiting(timer: DelayedCall, rest: ArraySlice<KillStage>)
        /// A stage is being sent at this moment; a transport may report the end from inside.
        case sending
        /// The process ended or was given up.
        case over
    }

    private var state = State.idle
    private let clock: any ReactorTime
    private let send: (Signal) throws -> Void
    private let giveUp: () -> Void
    private let failed: (any Error) -> Void

    /// Makes a kill that has not begun.
    ///
    /// - Parameters:
    ///   - clock: tells the waits.
    ///   - send: sends a signal; throws ``ProcessExitedAlready`` if nothing is left to signal.
    ///   - giveUp: called when even the last wait has passed.
    ///   - failed: told of any other error of `send`; the stages go on.
    public init(
        clock: any ReactorTime,
        send: @escaping (Signal) throws -> Void,
        giveUp: @escaping () -> Void,
        failed: @escaping (any Error) -> Void
    ) {
        self.clock = clock
        self.send = send
        self.giveUp = giveUp
        self.failed = failed
    }

    deinit {
        self.processEnded()
    }

    /// Sends the first stage's signal at once and the others when their time comes.
    public func begin(_ stages: [KillStage]) {
        guard case .idle = self.state else { return }
        self.perform(stages[...])
    }

    /// Performs the last stage now, if it is still to come.
    public func skipToLast() {
        guard case .waiting(let timer, let rest) = self.state, !rest.isEmpty else { return }
        timer.cancel()
        self.perform(rest.suffix(1))
    }

    /// The process has ended: cancels what is left.
    public func processEnded() {
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
            self.failed(error)
        }
        // A test's transport ends the process from inside `send`; then nothing is left to wait for.
        guard case .sending = self.state else { return }
        let timer = self.clock.callLater(stage.wait) { [weak self] in
            self?.perform(stages.dropFirst())
        }
        self.state = .waiting(timer: timer, rest: stages.dropFirst())
    }
}
