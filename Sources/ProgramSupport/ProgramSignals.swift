// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc
package import Reactor

/// The treatment of signals that both programs share.
///
/// Docs/Operating.md has a table of all signals ("Signals to the monitor").
package enum ProgramSignals {
    /// The signals that ask a program to end, in whatever way.
    ///
    /// The first four come from terminals, shells and service managers. Batch systems, resource
    /// limits, timers and power supplies send the others, whose default action also ends a process,
    /// but without giving it a chance to clean up.
    package static let ending: [Signal] =
        [
            SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
            SIGXCPU, SIGPWR, SIGIO, SIGSTKFLT,
        ].map(Signal.init(rawValue:)) + realTime

    /// The real-time signals, without the two that glibc reserves for itself.
    private static let realTime = (34...64).map(Signal.init(rawValue:))

    /// Whether a signal is ignored now, for example because nohup(1) started the program.
    package static func isIgnored(_ signal: Signal) -> Bool {
        var action = sigaction()
        guard sigaction(signal.rawValue, nil, &action) == 0 else { return false }
        // Swift cannot compare C function pointers. `unsafeBitCast` is sound here: it converts the
        // two pointers to integers of the same size, which are only compared and never called.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Prepares the signals at the start of the program, before it creates a thread or a reactor.
    ///
    /// A program inherits blocked and ignored signals from its parent, and the runtime of Swift
    /// handles some. This function changes the following:
    ///
    /// - No signal is blocked. A blocked SIGTERM could not end the program. But if the program is
    ///   process 1, the ``ending`` signals are blocked until ``unblock()``: the kernel discards a
    ///   signal to process 1 that is neither blocked nor handled (pid_namespaces(7)).
    /// - SIGQUIT has its default action. The crash reporter of Swift would print a report and stop
    ///   the program for half a minute.
    /// - SIGCHLD is not ignored. Otherwise the kernel would discard the exit statuses of children.
    /// - SIGXFSZ is ignored, so that a file that exceeds the file size limit is an error (EFBIG)
    ///   like any other.
    /// - SIGTTOU is ignored, so that a message of a background job does not stop it.
    /// - The two signals that glibc reserves are ignored.
    package static func prepare() {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        if getpid() == 1 { for signal in self.ending { sigaddset(&blocked, signal.rawValue) } }
        sigprocmask(SIG_SETMASK, &blocked, nil)
        for number in [SIGQUIT, SIGCHLD] {
            let isKept = number == SIGQUIT && self.isIgnored(Signal(rawValue: number))
            if !isKept { signal(number, SIG_DFL) }
        }
        for number in [SIGXFSZ, SIGTTOU] { signal(number, SIG_IGN) }
        for number in Int32(32)...33 { cspawn_ignore_signal(number) }
    }

    /// Unblocks all signals, after their handlers were installed.
    package static func unblock() {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
    }

    /// Makes the next ending signal end the program, after the reactor has restored its action.
    ///
    /// This is only necessary for process 1, for which the default action of these signals is to
    /// have no effect. The exit code is 128 plus the number of the signal, as in a shell.
    package static func endProgramOnSignal() {
        guard getpid() == 1 else { return }
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            signal(number) { _exit(128 + $0) }
        }
    }
}
