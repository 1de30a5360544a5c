// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Synchronization

/// What happened, in order; any thread may add to it.
final class Notes: Sendable {
    private let notes = Mutex<[(text: String, time: Duration)]>([])

    var texts: [String] { self.notes.withLock { $0.map(\.text) } }
    var times: [Duration] { self.notes.withLock { $0.map(\.time) } }

    func add(_ text: String, at time: Duration = .zero) {
        self.notes.withLock { $0.append((text, time)) }
    }

    /// Notes it with the time of the current reactor.
    func addHere(_ text: String) { self.add(text, at: CurrentReactor.reactor.now) }
}
