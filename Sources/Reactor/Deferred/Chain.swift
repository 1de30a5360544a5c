// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The state that all handles of one deferred share: the current result and the pending steps.
///
/// `Chain` is not generic. A `Deferred<Value>` handle and the closures of the steps around it know
/// the type of the result at their position, and `Slot` checks at run time that a value is read as
/// the type that it was written as.
///
/// A step finds the result of the previous step in `slot`, takes it, and puts its own result there.
/// A step that has to wait for another deferred returns the chain of that deferred. When that inner
/// chain ends, `run` moves its result into the chain that waits and runs the steps of that chain
/// in the same loop. So the depth of nested chains does not affect the depth of the stack.
///
/// Ownership: a chain is kept alive by its handles and by the chain that it waits for, which refers
/// to it as `waiter`. The reference in the other direction, `waitingFor`, keeps nothing alive.
@usableFromInline
final class Chain {
    /// Describes the content of `slot`.
    @usableFromInline
    enum Status: UInt8 {
        /// There is no result: the deferred has not fired, or the chain waits for another chain.
        case pending
        /// The slot holds a value of the type that the last started step produced.
        case value
        /// The slot holds an error, stored as `any Error`.
        case error
        /// The result was taken by a running callback, by a waiting chain or by a task.
        case taken
    }

    /// The stored properties of a chain, in one struct so that one attribute covers all of them.
    @usableFromInline
    struct State: ~Copyable {
        @usableFromInline var slot = Slot()
        @usableFromInline var status = Status.pending
        /// Whether `runSteps` of this chain is on the stack.
        var isRunning = false
        var hasFired = false
        /// Whether the next firing is ignored.
        ///
        /// This is the case after the cancellation of a chain without a canceller: the operation
        /// that produces the result cannot learn of the cancellation, and still fires the deferred.
        var ignoresNextFiring = false
        /// Whether the last result is reserved for a waiting chain or a task.
        var isClaimed = false
        /// The number of steps ever added, which is the position of the last handle.
        var addedCount = 0
        /// The number of steps that have started.
        var startedCount = 0
        @usableFromInline var steps = StepQueue()
        /// The chain that waits for the last result of this chain.
        var waiter: Chain?
        /// The chain that this chain waits for.
        ///
        /// `unowned(unsafe)` is sound because the reference never dangles: the inner chain sets it
        /// to `nil` when it ends, and otherwise in its `deinit`.
        unowned(unsafe) var waitingFor: Chain?
        var canceller: ((Chain) -> Void)?

        @usableFromInline init() {}
    }

    // `@exclusivity(unchecked)` is sound because no access to `state` overlaps another one. A chain
    // is used on one thread only, and each access is a load, a store, or a call of a method of
    // `Slot` or `StepQueue` that calls no code of the user. `deinit` is the exception: it destroys
    // the user's objects while it accesses `state`, but by then nothing refers to the chain.
    @exclusivity(unchecked) @usableFromInline var state = State()

    @usableFromInline
    init() {}

    @usableFromInline
    init(canceller: @escaping (Chain) -> Void) {
        self.state.canceller = canceller
    }

    deinit {
        self.state.waiter?.state.waitingFor = nil
        if self.state.status == .error {
            self.state.status = .taken
            UnhandledFailure.report(self.state.slot.take((any Error).self))
        }
        if self.state.slot.isTrivial, self.state.steps.isEmpty, self.state.waiter == nil,
            self.state.canceller == nil
        {
            return
        }
        ChainTeardown.tearDown(&self.state)
    }
}

// MARK: - Adding steps

extension Chain {
    /// Adds the successor of the handle at `position`, and runs it if the result is available.
    @usableFromInline
    func append(_ step: consuming Step, at position: Int) {
        self.requireNoSuccessor(at: position)
        self.state.addedCount += 1
        self.state.steps.append(step)
        if !self.state.isRunning, self.state.status != .pending {
            self.run()
        }
    }

    /// Reserves the last result for a waiting chain or a task, so that no step can be added.
    @usableFromInline
    func claim(at position: Int) {
        self.requireNoSuccessor(at: position)
        self.state.isClaimed = true
    }

    private func requireNoSuccessor(at position: Int) {
        require(
            position == self.state.addedCount && !self.state.isClaimed,
            """
            This deferred already has a successor: a callback, a task that awaits it, or a \
            deferred that waits for it. Continue with the deferred that addCallback, chain or \
            addTimeout returned.
            """
        )
    }

    /// Whether no result has arrived at the handle at `position` yet.
    @usableFromInline
    func isPending(at position: Int) -> Bool {
        guard self.state.startedCount == position else { return self.state.startedCount < position }
        return self.state.status == .pending || self.state.status == .taken && self.state.isRunning
    }
}

// MARK: - Firing

extension Chain {
    /// Checks that the deferred may be fired, and marks it as fired.
    ///
    /// - Returns: `false` if this firing has to be ignored because the chain was cancelled.
    @usableFromInline
    func beginFiring(at position: Int) -> Bool {
        require(
            position == 0,
            """
            A deferred that addCallback or a similar method returned cannot be fired. Fire the one \
            that was created with init.
            """
        )
        guard self.state.hasFired else {
            self.state.hasFired = true
            self.releaseCanceller()
            return true
        }
        require(
            self.state.ignoresNextFiring,
            "This deferred has already fired, and a deferred fires only once."
        )
        self.state.ignoresNextFiring = false
        return false
    }

    /// Releases the canceller at a moment when no access to `state` is in progress.
    ///
    /// The release may run the `deinit` of an object that the canceller captured, and that code
    /// may use this chain.
    private func releaseCanceller() {
        guard let canceller = self.state.canceller else { return }
        self.state.canceller = nil
        withExtendedLifetime(canceller) {}
    }

    @inlinable
    func setError(_ error: any Error) {
        self.state.slot.putError(error)
        self.state.status = .error
    }

    @inlinable
    func setValue<T>(_ value: consuming T) {
        self.state.slot.put(value)
        self.state.status = .value
    }

    @inlinable
    func takeError() -> any Error {
        self.state.status = .taken
        return self.state.slot.take((any Error).self)
    }

    @inlinable
    func takeValue<T>(_ type: T.Type) -> T {
        self.state.status = .taken
        return self.state.slot.take(type)
    }

    @inlinable
    func takeResult<T>(_ type: T.Type) -> Result<T, any Error> {
        self.state.status == .value
            ? .success(self.takeValue(type)) : .failure(self.takeError())
    }

    /// Runs the steps until one of them has to wait for another chain.
    ///
    /// When this chain has run all of its steps, its result goes to the chain that waits for it,
    /// and the steps of that chain run next.
    @usableFromInline
    func run() {
        guard self.runSteps(), self.state.waiter != nil else { return }
        var current = self
        while let waiter = current.state.waiter {
            current.state.waiter = nil
            waiter.state.waitingFor = nil
            waiter.takeResult(of: current)
            current = waiter
            guard current.runSteps() else { return }
        }
    }

    /// Runs the steps of this chain.
    ///
    /// - Returns: `false` if a step made the chain wait for another chain.
    private func runSteps() -> Bool {
        self.state.isRunning = true
        defer { self.state.isRunning = false }
        while !self.state.steps.isEmpty {
            self.state.startedCount += 1
            let run = self.state.steps.removeFirst().run
            guard let inner = run(self) else { continue }
            require(inner !== self, "A callback of a deferred returned that same deferred.")
            if inner.state.status == .pending || inner.state.isRunning {
                inner.state.waiter = self
                self.state.waitingFor = inner
                self.state.status = .pending
                return false
            }
            self.takeResult(of: inner)
        }
        return true
    }

    private func takeResult(of inner: Chain) {
        inner.state.slot.move(to: &self.state.slot)
        self.state.status = inner.state.status
        inner.state.status = .taken
    }
}

// MARK: - Cancelling

extension Chain {
    /// Cancels this chain, or the innermost chain of those that it waits for.
    @usableFromInline
    func cancel() {
        var target = self
        while let inner = target.state.waitingFor {
            target = inner
        }
        if target.state.hasFired {
            // A fired chain that is pending and has no inner chain waits for a chain that was
            // released before it had a result. Only `cancel` can end this wait.
            if target.state.status == .pending { target.failAsCancelled() }
            return
        }
        if let canceller = target.state.canceller {
            target.state.canceller = nil
            canceller(target)
        } else {
            target.state.ignoresNextFiring = true
        }
        if !target.state.hasFired {
            target.state.hasFired = true
            target.failAsCancelled()
        }
    }

    /// Adds a canceller that is called before the present one.
    func addCanceller(_ body: @escaping () -> Void) {
        guard !self.state.hasFired else { return }
        let next = self.state.canceller
        self.state.canceller = { chain in
            body()
            next?(chain)
        }
    }

    private func failAsCancelled() {
        self.setError(CancelledError())
        self.run()
    }
}
