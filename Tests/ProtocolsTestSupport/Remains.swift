// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// What a scenario must not leave behind: objects that are still alive, calls that are still to
/// run.
package final class Remains {
    private var objects: [(name: String, find: () -> AnyObject?)] = []
    private let clock: any ReactorTime

    package init(on clock: any ReactorTime) {
        self.clock = clock
    }

    /// From now on this object must be gone when the scenario is over.
    package func watch(_ object: AnyObject) {
        self.objects.append(("\(type(of: object))", { [weak object] in object }))
    }

    /// The types of the objects that are still alive, and the deadlines of the calls that would
    /// still run.
    package var all: [String] {
        self.objects.filter { $0.find() != nil }.map(\.name)
            + self.clock.delayedCalls.compactMap(\.deadline).map { "a call at \($0)" }
    }
}
