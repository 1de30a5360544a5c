// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// How many pipes of this process may be larger than they were born; all its reactors share it.
///
/// The kernel counts the pages of all pipes of a *user*. Beyond the soft limit (64 MiB by default)
/// every later pipe of any of his programs is born with 8 KiB, and enlarging one is EPERM; see
/// `pipe-user-pages-soft` in pipe(7). 64 pipes of 256 KiB are a quarter of it.
final class PipeBudget: Sendable {
    /// Sets the capacity of a pipe; 0, or the error's number.
    typealias Resize = @Sendable (_ pipe: Int32, _ capacity: Int32) -> Int32

    private struct State {
        var left: Int
        /// Whether the kernel has said no: it will say no again.
        var isRefused = false
    }

    /// That of the process.
    static let ofProcess = PipeBudget()

    private let state: Mutex<State>
    private let resize: Resize

    init(pipes: Int = 64, resize: @escaping Resize = Syscalls.setPipeCapacity) {
        self.state = Mutex(State(left: pipes))
        self.resize = resize
    }

    /// Enlarges a pipe, if one more may be; whoever gets `true` gives it back once.
    func enlarge(_ pipe: Int32, to capacity: Int32) -> Bool {
        guard self.take() else { return false }
        let code = self.resize(pipe, capacity)
        if code == 0 { return true }
        self.state.withLock { state in
            state.left += 1
            if code == EPERM { state.isRefused = true }
        }
        return false
    }

    /// Makes a pipe small again; `false` if more is in it than would fit.
    func shrink(_ pipe: Int32, to capacity: Int32) -> Bool {
        self.resize(pipe, capacity) == 0
    }

    /// An enlarged pipe is small again, or closed.
    func giveBack() {
        self.state.withLock { $0.left += 1 }
    }

    private func take() -> Bool {
        self.state.withLock { state in
            guard state.left > 0, !state.isRefused else { return false }
            state.left -= 1
            return true
        }
    }
}
