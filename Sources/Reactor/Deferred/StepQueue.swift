// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One link of a chain: what is to be done with the result that has come so far.
///
/// It returns the chain that has to end first, or `nil` to go on at once. A struct around the
/// closure, because a bare closure in generic storage is wrapped in a thunk, one allocation each
/// time.
@usableFromInline
struct Step {
    @usableFromInline let run: (Chain) -> Chain?

    @inlinable
    init(_ run: @escaping (Chain) -> Chain?) {
        self.run = run
    }
}

/// The steps of a chain that have not run yet, first in first out, in one flat buffer.
///
/// Why the raw storage is sound: `storage[head..<tail]` is initialised and nothing else is;
/// `append` initialises at `tail`, `removeFirst` moves out at `head`, and `deinit` destroys that
/// range and frees the buffer. The struct is not copyable, so the buffer has one owner.
struct StepQueue: ~Copyable {
    private var storage: UnsafeMutablePointer<Step>?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    init() {}

    deinit {
        guard let storage = self.storage else { return }
        (storage + self.head).deinitialize(count: self.tail - self.head)
        storage.deallocate()
    }

    var isEmpty: Bool { self.head == self.tail }

    mutating func append(_ step: consuming Step) {
        if self.tail == self.capacity {
            self.makeRoom()
        }
        (self.storage! + self.tail).initialize(to: step)
        self.tail += 1
    }

    /// Moves the first step out; there has to be one.
    mutating func removeFirst() -> Step {
        let step = (self.storage! + self.head).move()
        self.head += 1
        if self.head == self.tail {
            self.head = 0
            self.tail = 0
        }
        return step
    }

    /// Slides the steps to the front when that frees half of the buffer, else takes a larger one.
    private mutating func makeRoom() {
        let count = self.tail - self.head
        if let storage = self.storage, count <= self.capacity / 2 {
            storage.moveInitialize(from: storage + self.head, count: count)
        } else {
            let capacity = max(4, self.capacity * 4)
            let larger = UnsafeMutablePointer<Step>.allocate(capacity: capacity)
            if let storage = self.storage {
                larger.moveInitialize(from: storage + self.head, count: count)
                storage.deallocate()
            }
            self.storage = larger
            self.capacity = capacity
        }
        self.head = 0
        self.tail = count
    }
}
