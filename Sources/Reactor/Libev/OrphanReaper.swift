// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// Reaps the orphans that the kernel makes children of this program.
///
/// The first process of a container is the parent of all processes whose own parent has died, and
/// they stay zombies until it reaps them. A program that does nothing else with children than to
/// start them on one reactor can use this object. A program that also starts children in other ways
/// cannot, because the object would reap these children and take their exit statuses.
///
/// The children of the reactor itself keep their exit statuses: the reactor reaps them.
package final class OrphanReaper {
    // The reactor owns the handler, which owns this object.
    private unowned let reactor: LibevReactor
    private var retry: DelayedCall?

    /// The time after which the reaper tries again, if a child of the reactor is in the way.
    private static let retryInterval: Duration = .milliseconds(100)

    private init(_ reactor: LibevReactor) {
        self.reactor = reactor
    }

    /// Whether the kernel makes orphans children of this program.
    package static var isNeeded: Bool { cspawn_adopts_orphans() == 1 }

    /// Reaps all orphans until the reactor shuts down.
    ///
    /// - Throws: ``SignalError`` if another reactor handles SIGCHLD.
    package static func start(on reactor: LibevReactor) throws {
        let reaper = OrphanReaper(reactor)
        try reactor.handleSignal(Signal(rawValue: SIGCHLD)) { _ in reaper.reapAll() }
        reactor.callWhenRunning { reaper.reapAll() }
    }

    /// Reaps all orphans that have exited.
    ///
    /// The kernel reports one exited child at a time, always the same until that child is reaped.
    /// On kernels before Linux 6.9 this can be a child of the reactor that stays a zombie while its
    /// group is needed (``ChildHandle/reapsAtOnce``). The reaper then tries again later.
    private func reapAll() {
        self.retry?.cancel()
        self.retry = nil
        self.reactor.handleExits()
        while case let pid = cspawn_exited_child(), pid > 0 {
            if self.reactor.state.children.contains(where: { $0.isUnreaped(pid) }) {
                self.retry = self.reactor.callLater(Self.retryInterval) { [unowned self] in
                    self.reapAll()
                }
                return
            }
            cspawn_reap(pid)
        }
    }
}
