// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Deferreds that wait for their turn, first in first out; each may give up its place by being
/// cancelled.
///
/// A cancelled deferred has fired, and that is all the line looks at: it needs no canceller. Its
/// place stays, is passed over when its turn comes, and is thrown out when half of the line is like
/// that. So joining, leaving and giving up are O(1) over time.
struct WaiterQueue: ~Copyable {
    /// Those before `head` have left and are `nil`.
    private var places: [Deferred<Void>?] = []
    private var head = 0
    /// How long the line may get before those who gave up are thrown out.
    private var limit = 32

    /// How many wait; O(n), for people and tests.
    var count: Int {
        self.places[self.head...].count { $0?.isPending ?? false }
    }

    /// Nobody waits.
    var isEmpty: Bool {
        mutating get {
            self.passOver()
            return self.head == self.places.count
        }
    }

    /// Goes to the end of the line.
    mutating func join() -> Deferred<Void> {
        if self.places.count >= self.limit { self.throwOut() }
        let deferred = Deferred<Void>()
        self.places.append(deferred)
        return deferred
    }

    /// Takes the first one out of the line.
    mutating func leave() -> Deferred<Void>? {
        self.passOver()
        guard self.head < self.places.count else { return nil }
        defer { self.advance() }
        return self.places[self.head]
    }

    /// Goes on to the first one who still waits.
    private mutating func passOver() {
        while self.head < self.places.count, self.places[self.head]?.hasFired ?? true {
            self.advance()
        }
    }

    private mutating func advance() {
        self.places[self.head] = nil
        self.head += 1
        if self.head == self.places.count {
            self.places.removeAll(keepingCapacity: self.head <= 32)
            self.head = 0
        }
    }

    private mutating func throwOut() {
        self.places.removeAll { !($0?.isPending ?? false) }
        self.head = 0
        self.limit = max(32, self.places.count * 2)
    }
}
