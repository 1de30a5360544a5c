// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Deferreds that wait for their turn, first in first out; each may give up its place by being cancelled.
///
/// Joining, leaving and giving up are O(1): a place that was given up stays in the line, empty, and is
/// passed over when its turn comes.
struct WaitingLine: ~Copyable {
    /// One place in the line, kept by the line and by the canceller of its deferred.
    private final class Place {
        let line: Counter
        var deferred: Deferred<Void>?

        init(_ line: Counter) {
            self.line = line
        }

        func giveUp() {
            guard self.deferred != nil else { return }
            self.deferred = nil
            self.line.waiting -= 1
        }
    }

    /// How many places are not empty; the line and its places share it.
    private final class Counter {
        var waiting = 0
    }

    private let counter = Counter()
    private var places: [Place] = []
    private var head = 0

    var count: Int { self.counter.waiting }
    var isEmpty: Bool { self.counter.waiting == 0 }

    /// Goes to the end of the line.
    mutating func join() -> Deferred<Void> {
        let place = Place(self.counter)
        // Weak: the place keeps the deferred, and a deferred keeps its canceller until it fires.
        let deferred = Deferred<Void> { [weak place] _ in place?.giveUp() }
        place.deferred = deferred
        self.counter.waiting += 1
        self.places.append(place)
        return deferred
    }

    /// Takes the first one out of the line.
    mutating func leave() -> Deferred<Void>? {
        while self.head < self.places.count {
            let place = self.places[self.head]
            self.head += 1
            self.compact()
            guard let deferred = place.deferred else { continue }
            place.giveUp()
            return deferred
        }
        return nil
    }

    /// Drops the places that were passed, once they are half of the line: O(1) a place over time.
    private mutating func compact() {
        guard self.head > 32, self.head * 2 >= self.places.count else { return }
        self.places.removeFirst(self.head)
        self.head = 0
    }
}
