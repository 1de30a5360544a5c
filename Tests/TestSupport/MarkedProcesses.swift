// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Returns the process IDs of all live processes with an argument that contains `mark`.
///
/// A test gives its children an argument that no other process has. This finds a process even
/// if its parent is dead and its process group is unknown. A zombie has no arguments, so it is
/// not listed.
package func processes(marked mark: String) -> [Int32] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { Int32($0) }.filter { pid in
        guard pid != getpid(),
            let arguments = FileManager.default.contents(
                atPath: "/proc/\(pid)/cmdline"
            )
        else { return false }
        return String(decoding: arguments, as: UTF8.self).contains(mark)
    }
}

/// Waits until no live process has an argument that contains `mark`, for 60 seconds at most.
///
/// A process that has got SIGKILL may need a moment to die.
///
/// - Returns: The process IDs that are left, usually none.
package func processesLeft(marked mark: String) -> [Int32] {
    let end = ContinuousClock.now + .seconds(60)
    var left = processes(marked: mark)
    while !left.isEmpty, ContinuousClock.now < end {
        sched_yield()
        left = processes(marked: mark)
    }
    return left
}
