// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What all handles of one deferred share: the result so far, and the steps that wait for it.
///
/// Not generic: the types are known to the handles (`Deferred<Value>`, one for each position) and
/// to the closures in the steps, and `Slot` checks at run time that both agree.
///
/// A step runs with the result of the step before it in `slot`, takes it, and puts its own. A step
/// that has to wait for another chain returns that one; its end brings its result here and goes on
/// with our steps in the same loop (`run`), so that a chain of chains needs no stack.
///
/// Ownership: a chain is kept by its handles, by the chain it waits for (`waiter`), and by nothing
/// else. The way back (`waitingFor`) is `unowned(unsafe)`: the inner chain clears it when it ends
/// and in its `deinit`, so it is never read after the inner chain has gone.
///
/// All stored properties are `@exclusivity(unchecked)`: each access is a plain load, store, or a
/// call of a method of `Slot` or `StepQueue`, none of which runs foreign code while it holds the
/// access, except that `clear` may destroy a value of the user's: then the slot is already marked
/// empty.
@usableFromInline
final class Chain {
    /// What `slot` holds.
    @usableFromInline
    enum Status: UInt8 {
        /// Nothing yet: not fired, or waiting for another chain.
        case pending
        /// A value, of the type of the handle at `started`.
        case value
        /// An error, as `any Error`.
        case error
        /// Nothing any more: a callback that runs now has it, or a waiter or a task took it.
        case taken
    }

    @exclusivity(unchecked) @usableFromInline var slot = Slot()
    @exclusivity(unchecked) @usableFromInline var status = Status.pending
    /// A loop over the steps is on the stack.
    @exclusivity(unchecked) private var isRunning = false
    @exclusivity(unchecked) private var hasFired = false
    /// Cancelled without a canceller: whoever does not know yet may still fire, once.
    @exclusivity(unchecked) private var swallowsNext = false
    /// The last handle has its successor outside of the chain: a waiter, or a task.
    @exclusivity(unchecked) private var isClaimed = false
    /// How many steps were ever added: the position of the last handle.
    @exclusivity(unchecked) private var count = 0
    /// How many of them have started.
    @exclusivity(unchecked) private var started = 0
    @exclusivity(unchecked) private var steps = StepQueue()
    /// Who waits for our last result.
    @exclusivity(unchecked) private var waiter: Chain?
    /// Whom we wait for; never dangles, see above.
    @exclusivity(unchecked) private unowned(unsafe) var waitingFor: Chain?
    @exclusivity(unchecked) private var canceller: ((Chain) -> Void)?

    @usableFromInline
    init() {}

    @usableFromInline
    init(canceller: @escaping (Chain) -> Void) {
        self.canceller = canceller
    }

    deinit {
        self.waiter?.waitingFor = nil
        if self.status == .error {
            self.status = .taken
            UnhandledFailure.report(self.slot.take((any Error).self))
        }
        if self.slot.isTrivial, self.steps.isEmpty, self.waiter == nil, self.canceller == nil {
            return
        }
        ChainTeardown.dispose(&self.slot, &self.steps, &self.waiter, &self.canceller)
    }
}

// MARK: - Adding steps

extension Chain {
    /// Adds the successor of the handle at `position`, and runs it if the result is there.
    @usableFromInline
    func append(_ step: consuming Step, at position: Int) {
        self.requireFree(position)
        self.count += 1
        self.steps.append(step)
        if !self.isRunning, self.status != .pending {
            self.run()
        }
    }

    /// Gives the last result away to a successor outside of the chain.
    @usableFromInline
    func claim(at position: Int) {
        self.requireFree(position)
        self.isClaimed = true
    }

    private func requireFree(_ position: Int) {
        require(
            position == self.count && !self.isClaimed,
            """
            this deferred has a successor already: a callback, a task that awaits it, or a deferred that \
            waits for it. Go on with the deferred that addCallback (or chain, or addTimeout) returned
            """
        )
    }

    /// No result has come to the handle at `position` yet.
    @usableFromInline
    func isPending(at position: Int) -> Bool {
        guard self.started == position else { return self.started < position }
        return self.status == .pending || self.status == .taken && self.isRunning
    }
}

// MARK: - Firing

extension Chain {
    /// Allows the source to fire; `false` when this firing is the one that a cancelled chain
    /// swallows.
    @usableFromInline
    func beginFiring(at position: Int) -> Bool {
        require(
            position == 0,
            "only the deferred that was made can be fired, not one that addCallback returned"
        )
        guard self.hasFired else {
            self.hasFired = true
            self.dropCanceller()
            return true
        }
        require(self.swallowsNext, "a deferred fires once, and this one has fired already")
        self.swallowsNext = false
        return false
    }

    /// Released with nothing of ours being accessed: what the canceller captured may have a
    /// `deinit`.
    private func dropCanceller() {
        guard let canceller = self.canceller else { return }
        self.canceller = nil
        withExtendedLifetime(canceller) {}
    }

    @inlinable
    func setError(_ error: any Error) {
        self.slot.putError(error)
        self.status = .error
    }

    @inlinable
    func setValue<T>(_ value: consuming T) {
        self.slot.put(value)
        self.status = .value
    }

    @inlinable
    func takeError() -> any Error {
        self.status = .taken
        return self.slot.take((any Error).self)
    }

    @inlinable
    func takeValue<T>(_ type: T.Type) -> T {
        self.status = .taken
        return self.slot.take(type)
    }

    @inlinable
    func takeResult<T>(_ type: T.Type) -> Result<T, any Error> {
        self.status == .value ? .success(self.takeValue(type)) : .failure(self.takeError())
    }

    /// Runs the steps as far as the results go, and then those of the chains that wait for us.
    @usableFromInline
    func run() {
        guard self.runSteps(), self.waiter != nil else { return }
        var current = self
        while let waiter = current.waiter {
            current.waiter = nil
            waiter.waitingFor = nil
            waiter.takeResult(of: current)
            current = waiter
            guard current.runSteps() else { return }
        }
    }

    /// Runs our steps; `false` when one of them has to wait for another chain.
    private func runSteps() -> Bool {
        self.isRunning = true
        defer { self.isRunning = false }
        while !self.steps.isEmpty {
            self.started += 1
            let run = self.steps.removeFirst().run
            guard let inner = run(self) else { continue }
            require(inner !== self, "a deferred cannot wait for itself")
            if inner.status == .pending || inner.isRunning {
                inner.waiter = self
                self.waitingFor = inner
                self.status = .pending
                return false
            }
            self.takeResult(of: inner)
        }
        return true
    }

    private func takeResult(of inner: Chain) {
        inner.slot.move(to: &self.slot)
        self.status = inner.status
        inner.status = .taken
    }
}

// MARK: - Cancelling

extension Chain {
    /// Cancels the innermost chain that is being waited for.
    @usableFromInline
    func cancel() {
        var target = self
        while let inner = target.waitingFor {
            target = inner
        }
        if target.hasFired {
            // It waits for a chain that went without a result: nothing else could ever end the
            // wait.
            if target.status == .pending { target.failAsCancelled() }
            return
        }
        if let canceller = target.canceller {
            target.canceller = nil
            canceller(target)
        } else {
            target.swallowsNext = true
        }
        if !target.hasFired {
            target.hasFired = true
            target.failAsCancelled()
        }
    }

    private func failAsCancelled() {
        self.setError(CancelledError())
        self.run()
    }
}
