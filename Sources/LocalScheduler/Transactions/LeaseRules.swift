// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import Glibc

/// Decides whether the lease of a running job has expired.
///
/// The lease is renewed by each heartbeat. Its age is the difference of two readings of the
/// system's clock, possibly by two programs, and the clock may have been set in between.
struct LeaseRules: Sendable {
    /// This process, or `nil` if it cannot recognize monitors on the same machine.
    var observer: MonitorProcess?
    /// Returns the time since the boot of the kernel in microseconds, without the time in which the
    /// machine was suspended (CLOCK_MONOTONIC).
    var uptime: @Sendable () -> Int64

    /// The rules for this process and the clock of the kernel.
    static var system: LeaseRules {
        LeaseRules(
            observer: .current,
            uptime: {
                var time = timespec()
                clock_gettime(CLOCK_MONOTONIC, &time)
                return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
            }
        )
    }

    /// Returns whether a job has lost its lease.
    ///
    /// - While the monitor lives on this machine, the job keeps its lease, whatever the clocks say.
    /// - If the monitor is in another PID namespace of this machine, the age of the heartbeat
    ///   is taken from the clock that nobody can set.
    /// - Otherwise the age is taken from the system's clock. A heartbeat from the future is no sign
    ///   of life if it is further ahead than a lease is long: the clock was wrong when it was sent.
    func isExpired(_ job: JobRecord, at now: WallTime, reclaimAge: Duration) -> Bool {
        guard job.state == .running, let heartbeat = job.heartbeat else { return false }
        if let observer = self.observer, let monitor = job.monitor, monitor.boot == observer.boot {
            if monitor.isAlive(seenBy: observer) == true { return false }
            if monitor.namespace != observer.namespace, let beat = job.heartbeatUptime {
                return .microseconds(self.uptime()) - .microseconds(beat) > reclaimAge
            }
        }
        return heartbeat < now - reclaimAge || heartbeat > now + reclaimAge
    }
}

#endif
