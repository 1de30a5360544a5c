// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// One link of a chain: the code that processes the result of the previous link.
///
/// The closure returns the chain that has to end before the next step can run, or `nil` if the next
/// step can run at once. The struct exists for speed: a bare closure in generic storage is wrapped
/// in a thunk, which costs an allocation each time.
@usableFromInline
struct Step {
    @usableFromInline let run: (Chain) -> Chain?

    @inlinable
    init(_ run: @escaping (Chain) -> Chain?) {
        self.run = run
    }
}

/// The steps of a chain that have not run yet, as a first-in, first-out queue in one buffer.
///
/// The raw storage is sound for these reasons: exactly `storage[head..<tail]` is initialized.
/// `append` initializes the element at `tail`, `removeFirst` moves out the element at `head`, and
/// `deinit` destroys that range and frees the buffer. The struct is not copyable, so the buffer has
/// one owner.
@usableFromInline
struct StepQueue: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<Step>?
    private var capacity = 0
    @usableFromInline var head = 0
    @usableFromInline var tail = 0

    init() {}

    // `deinit` is inlinable because the inlinable functions of `Chain` access a struct that
    // contains a queue. Without the attribute, an assertion in the optimizer of Swift 6.3.1
    // fails in release builds: "Should never be inlining a resilient function into a
    // fragile function".
    @inlinable
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
        // `makeRoom` has allocated the storage.
        (self.storage! + self.tail).initialize(to: step)
        self.tail += 1
    }

    /// Removes and returns the first step of a queue that is not empty.
    mutating func removeFirst() -> Step {
        let step = (self.storage! + self.head).move()
        self.head += 1
        if self.head == self.tail {
            self.head = 0
            self.tail = 0
        }
        return step
    }

    /// Makes room for at least one more step at the end.
    ///
    /// If at most half of the buffer is in use, the steps move to its front. Otherwise they move to
    /// a larger buffer.
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
