// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The signals that interrupt an import: SIGINT, SIGTERM and others that ask a program to end.
///
/// The worker does not die from them at once. It ends git first and removes the files of the
/// unfinished transfer, so that they do not stay on the disk until the next import.
final class Interruption {
    // Git removes its own locks when it gets SIGTERM. A git that ignores the signal must not keep
    // the worker for longer than the monitor waits before it sends SIGKILL (5 s by default).
    private static let killAfter: Duration = .seconds(2)

    private let reactor: LibevReactor
    private var signal: Signal?
    private weak var process: GitProcess?

    init(_ reactor: LibevReactor) {
        self.reactor = reactor
        for signal in ProgramSignals.ending where !ProgramSignals.isIgnored(signal) {
            // If the handler cannot be installed, the signal ends the worker, as if it
            // were SIGKILL.
            try? reactor.handleSignal(signal) { [weak self] in self?.received($0) }
        }
        // Git leaves processes behind, for example its housekeeping. Process 1 has to reap them.
        if OrphanReaper.isNeeded { try? OrphanReaper.start(on: reactor) }
        ProgramSignals.unblock()
    }

    /// Ends this process of git when a signal arrives.
    func endOnSignal(_ process: GitProcess) {
        self.process = process
    }

    /// Throws if a signal has arrived.
    func check() throws(ImportFailure) {
        guard let signal else { return }
        var failure = ImportFailure(.failure, "\(signal) interrupted the import.")
        failure.interruption = signal
        throw failure
    }

    /// Ends the worker with a signal, so that its parent sees the reason.
    static func endProgram(with signal: Signal) {
        Glibc.signal(signal.rawValue, SIG_DFL)
        raise(signal.rawValue)
    }

    private func received(_ signal: Signal) {
        guard self.signal == nil else { return self.send(.kill) }
        self.signal = signal
        self.send(.terminate)
        self.reactor.callLater(Self.killAfter) { [weak self] in self?.send(.kill) }
    }

    private func send(_ signal: Signal) {
        // The process may have exited already.
        try? self.process?.transport?.signalProcess(signal)
    }
}
