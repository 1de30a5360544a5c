// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Waits for all deferreds, and fires with their values, in the order in which they were given.
///
/// The first failure wins: the deferred fails with it at once. The others go on; what they fail
/// with later is consumed, and noted in the log at level `debug`. No deferreds give an empty array,
/// at once. Each of them has its successor with this.
///
/// Cancelling the deferred cancels all that have not fired.
public func gatherResults<Value>(_ deferreds: [Deferred<Value>]) -> Deferred<[Value]> {
    guard !deferreds.isEmpty else { return .succeeded([]) }
    // Weak: the deferreds keep the gathering, and it keeps the deferred that we return.
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

/// The values that have come so far.
private final class Gathering<Value> {
    private var values: [Value?]
    private var missing: Int
    /// Not fired yet; `nil` once it was.
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
            gathered.succeed(self.values.map { $0! })  // All have come.
        }
    }
}

private struct WeakChain {
    weak var chain: Chain?

    init(_ chain: Chain) {
        self.chain = chain
    }
}
