// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// A transport without a process, which calls `processEnded` *inside* the signal that ends it.
///
/// A real transport reports the end in a later turn. A protocol that copes with a report inside
/// `signalProcess` copes with any order of events.
package final class StubTransport: ProcessTransport {
    private let clock: any ReactorTime
    // Set to `nil` at the end, as a real transport does.
    private var processProtocol: ProcessProtocol?

    /// Every signal that was passed to `signalProcess`, including those that were refused.
    package private(set) var signals: [SentSignal] = []
    /// Whether the process is gone, even if the protocol has not been notified yet.
    package var isGone = false
    /// Whether the process ignores every signal except SIGKILL.
    package var onlyKillKills = false
    /// Whether the process survives every signal, SIGKILL included.
    package var survivesEverything = false
    /// The error that `signalProcess` throws for each signal, or `nil` to accept signals.
    package var refusal: SignalError?
    /// Whether the process was given up.
    package private(set) var isGivenUp = false
    /// How the process ended, or `nil` before that.
    package private(set) var exit: ProcessExit?

    package init(_ processProtocol: ProcessProtocol, clock: any ReactorTime) {
        self.processProtocol = processProtocol
        self.clock = clock
    }

    /// The names of the signals in ``signals``.
    package var signalNames: [String] { self.signals.map { "\($0.signal)" } }

    /// The signals and the times at which they were sent, for example "SIGINT at 5.0 seconds".
    package var timeline: [String] { self.signals.map { "\($0.signal) at \($0.at)" } }

    // MARK: - For the test

    /// Connects the protocol, as a reactor does after the spawn.
    package func connect() {
        self.processProtocol?.makeConnection(self)
    }

    /// Simulates output of the process.
    package func feed(_ text: String, to descriptor: Int32 = 1) {
        let bytes = Array(text.utf8)
        self.processProtocol?.childDataReceived(bytes.span.bytes, from: descriptor)
    }

    /// Ends the process with code 0, or with code 1 if it is not `clean`.
    package func simulateProcessExit(clean: Bool = true) {
        self.end(.exited(code: clean ? 0 : 1))
    }

    /// Simulates an exit after which other processes still hold the streams open.
    package func leaderExits(_ exit: ProcessExit = .exited(code: 0)) {
        self.isGone = true
        self.exit = exit
        self.processProtocol?.processExited(exit)
    }

    /// Reports the exit, unless that was done already, and the end of the process.
    package func end(_ exit: ProcessExit) {
        if self.exit == nil { self.leaderExits(exit) }
        guard let processProtocol = self.processProtocol else { return }
        self.processProtocol = nil
        processProtocol.endConnection(ProcessEnd(exit: exit))
    }

    // MARK: - ProcessTransport

    package func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        self.signals.append(SentSignal(signal, to: target, at: self.clock.now))
        if let refusal = self.refusal { throw refusal }
        if self.isGone { throw ProcessExitedAlready() }
        if self.survivesEverything || (self.onlyKillKills && signal != .kill) { return }
        self.end(.signaled(signal, coreDumped: false))
    }

    package func giveUp() {
        self.isGivenUp = true
        self.end(.unknown)
    }

    package var pid: Int32? { self.isGone ? nil : 1 }
    package func write(_ bytes: [UInt8]) -> WriteOutcome { .refused }
    package func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome { .refused }
    package func closeChildDescriptor(_ descriptor: Int32) {}
    package func loseConnection() {}
    package func pauseProducing() {}
    package func resumeProducing() {}
    package func resizeTerminal(rows: UInt16, columns: UInt16) {}
}
