// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The controlling terminal of the worker.
enum ControllingTerminal {
    /// Detaches the worker and its children from their controlling terminal.
    ///
    /// Programs such as ssh open `/dev/tty` to ask a question, whatever their standard input is.
    /// Without a controlling terminal that fails, and the question is answered in the negative. The
    /// worker stays in its process group, so Ctrl-C at the terminal still reaches it and git.
    static func giveUp() {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return }
        // If the worker leads its session, the kernel sends SIGHUP to the foreground group, and
        // with it to the worker. See ioctl_tty(2), TIOCNOTTY.
        let action = signal(SIGHUP, SIG_IGN)
        _ = ioctl(terminal, UInt(TIOCNOTTY))
        signal(SIGHUP, action)
        close(terminal)
    }
}
