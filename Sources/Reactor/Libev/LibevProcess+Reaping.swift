// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn

/// A process that its reactor does not keep alive.
struct WeakProcess {
    weak var process: LibevProcess?
}

/// The reaping of children later than right after their exit.
extension LibevProcess {
    /// Reaps the child on a kernel on which the zombie of the leader identifies the group.
    ///
    /// If the group still has members, the child is reaped when the last reference to the transport
    /// is released, so that the owner of that reference can still signal the group. A group that
    /// has got SIGKILL needs no further signal, and its members may need a moment to die.
    func reapLate() {
        if self.hasOwnGroup, !self.state.isGroupKilled, !self.child.isGroupEmpty(thoroughly: true) {
            self.state.keepsZombie = true
            self.reactor.state.zombies.removeAll { $0.process == nil }
            self.reactor.state.zombies.append(WeakProcess(process: self))
        } else {
            _ = self.child.wait(reap: true)
        }
    }

    /// Reaps the child if it was left as a zombie, after which its group can no longer be signaled
    /// on such a kernel.
    func reapZombie() {
        guard self.state.keepsZombie else { return }
        self.state.keepsZombie = false
        _ = self.child.wait(reap: true)
    }

    /// Releases all resources without calling the protocol, because the reactor shuts down.
    ///
    /// - Returns: Whether the child is still running, so that somebody else must reap it.
    func tearDown() -> Bool {
        self.state.exitDriver?.cancel()
        self.state.processProtocol = nil
        self.state.pidWatcher = nil
        self.state.isTornDown = true
        self.closeStreams()
        // On a kernel before Linux 6.9, the exit may have been handled without reaping the child;
        // see `ChildHandle.reapsAtOnce`.
        guard self.state.exit == nil || !self.child.reapsAtOnce else { return false }
        return self.child.wait(reap: true) == nil
    }
}

extension LibevReactor {
    /// Tears down all children, and arranges that those that are still running get reaped.
    func tearDownChildren() {
        for zombie in self.state.zombies { zombie.process?.reapZombie() }
        self.state.zombies = []
        let children = self.state.children
        self.state.children = []
        self.state.newChildren = []
        let running = children.filter { $0.tearDown() }.map { $0.child.pidfd }
        guard !running.isEmpty else { return }
        // If no thread can be started, the children stay zombies until the program ends. There is
        // nobody left to report this to, and nothing else that could reap them.
        _ = running.withUnsafeBufferPointer {
            cspawn_reap_later($0.baseAddress, Int32($0.count))
        }
        // The pidfds must stay open until the call has returned.
        withExtendedLifetime(children) {}
    }
}
