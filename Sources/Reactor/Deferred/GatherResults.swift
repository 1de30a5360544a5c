// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Waits for several deferreds and returns a deferred for all their values, in the given order.
///
/// The returned deferred fails with the first error, as soon as one of the deferreds fails. The
/// other deferreds are not cancelled, and their errors are only logged, at level `debug`.
/// An empty array of deferreds gives an empty array of values at once. Cancelling the returned
/// deferred cancels all those that have not fired.
///
/// This function becomes the successor of each deferred, so none of them accepts another callback.
public func gatherResults<Value>(_ deferreds: [Deferred<Value>]) -> Deferred<[Value]> {
    guard !deferreds.isEmpty else { return .succeeded([]) }
    // The references to the inputs are weak to avoid a cycle: each input keeps the `Gathering`
    // object alive, which keeps the returned deferred alive, which keeps this canceller alive.
    let inputs = deferreds.map { WeakChain($0.chain) }
    let gathered = Deferred<[Value]> { _ in
        for input in inputs { input.chain?.cancel() }
    }
    let gathering = Gathering(deferreds.count, gathered)
    for (index, deferred) in deferreds.enumerated() {
        deferred.whenFired { gathering.take($0, at: index) }
    }
    return gathered
}

/// Collects the values that have arrived so far.
private final class Gathering<Value> {
    private var values: [Value?]
    private var missing: Int
    /// The deferred for all values, or `nil` once it has fired.
    private var gathered: Deferred<[Value]>?

    init(_ count: Int, _ gathered: Deferred<[Value]>) {
        self.values = Array(repeating: nil, count: count)
        self.missing = count
        self.gathered = gathered
    }

    func take(_ result: Result<Value, any Error>, at index: Int) {
        switch result {
        case .failure(let error):
            guard let gathered = self.gathered else { return UnhandledFailure.noteConsumed(error) }
            self.gathered = nil
            self.values = []
            gathered.fail(error)
        case .success(let value):
            guard let gathered = self.gathered else { return }
            self.values[index] = value
            self.missing -= 1
            guard self.missing == 0 else { return }
            self.gathered = nil
            // No value is missing, so none of these is `nil`.
            gathered.succeed(self.values.map { $0! })
        }
    }
}

private struct WeakChain {
    weak var chain: Chain?

    init(_ chain: Chain) {
        self.chain = chain
    }
}
