// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Finds the objects and delayed calls that a test scenario leaves behind.
package final class LeakDetector {
    private var objects: [(name: String, find: () -> AnyObject?)] = []
    private let clock: any ReactorTime

    package init(on clock: any ReactorTime) {
        self.clock = clock
    }

    /// Tracks an object that must be deallocated when the scenario is over.
    package func track(_ object: AnyObject) {
        self.objects.append(("\(type(of: object))", { [weak object] in object }))
    }

    /// The types of the tracked objects that are still alive, and the deadlines of the delayed
    /// calls that are still pending.
    package var leaks: [String] {
        self.objects.filter { $0.find() != nil }.map(\.name)
            + self.clock.delayedCalls.compactMap(\.deadline).map { "a call at \($0)" }
    }
}
