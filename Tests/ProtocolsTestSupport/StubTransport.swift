// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// A transport without a process, which ends its protocol from *inside* the signal that kills.
///
/// No real transport does that; a protocol that survives it survives any order of events.
package final class StubTransport: ProcessTransport {
    private let clock: any ReactorTime
    // Let go at the end, as a real transport does.
    private var processProtocol: ProcessProtocol?

    /// Every signal that was tried, those that were refused too.
    package private(set) var signals: [SentSignal] = []
    /// Whether the process is gone; nobody need have been told.
    package var isGone = false
    /// Whether everything but SIGKILL leaves the process alone.
    package var onlyKillKills = false
    /// Whether signals are recorded, and nothing else happens.
    package var survivesEverything = false
    /// What the kernel says to each signal.
    package var refusal: SignalError?
    /// Whether the process was given up.
    package private(set) var isGivenUp = false
    package private(set) var exit: ProcessExit?

    package init(_ processProtocol: ProcessProtocol, clock: any ReactorTime) {
        self.processProtocol = processProtocol
        self.clock = clock
    }

    /// The names of the signals that were tried.
    package var signalNames: [String] { self.signals.map { "\($0.signal)" } }

    /// The signals with the seconds at which they were tried, for example "SIGINT 5.0 seconds".
    package var timeline: [String] { self.signals.map { "\($0.signal) at \($0.at)" } }

    // MARK: - The test's hand

    package func connect() {
        self.processProtocol?.makeConnection(self)
    }

    /// The process writes.
    package func feed(_ text: String, to descriptor: Int32 = 1) {
        let bytes = Array(text.utf8)
        self.processProtocol?.childDataReceived(bytes.span.bytes, from: descriptor)
    }

    /// The process ends by itself: with code 0, or with 1.
    package func simulateProcessExit(clean: Bool = true) {
        self.end(.exited(code: clean ? 0 : 1))
    }

    /// The process exits, and others still have its streams.
    package func leaderExits(_ exit: ProcessExit = .exited(code: 0)) {
        self.isGone = true
        self.exit = exit
        self.processProtocol?.processExited(exit)
    }

    /// The process is over.
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
