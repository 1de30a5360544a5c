// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Finds the objects and delayed calls that a test scenario leaves behind.
package final class LeakDetector {
    private var objects: [(name: String, find: () -> AnyObject?)] = []
    private let clock: any ReactorTime

    private init(on clock: any ReactorTime) {
        self.clock = clock
    }

    /// Runs `body`, and returns descriptions of everything that it leaves behind.
    ///
    /// The body creates the objects of the scenario and passes them to ``track(_:)``. Its local
    /// references are released when it returns, so they do not count as leaks.
    package static func leaks(
        on clock: any ReactorTime,
        after body: (LeakDetector) throws -> Void
    ) rethrows -> [String] {
        let detector = LeakDetector(on: clock)
        try body(detector)
        return detector.leaks
    }

    /// Tracks an object that must be deallocated when the scenario is over.
    package func track(_ object: AnyObject) {
        self.objects.append(("\(type(of: object))", { [weak object] in object }))
    }

    /// The types of the tracked objects that are still alive, and the deadlines of the delayed
    /// calls that are still pending.
    private var leaks: [String] {
        self.objects.filter { $0.find() != nil }.map(\.name)
            + self.clock.delayedCalls.compactMap(\.deadline).map { "a call at \($0)" }
    }
}
