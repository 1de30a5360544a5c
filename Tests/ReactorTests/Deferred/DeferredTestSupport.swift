// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import Synchronization
import Testing

/// The result of a deferred so far.
enum Outcome<Value: Equatable>: Equatable {
    case pending
    case value(Value)
    case error(String)
}

extension Outcome: Sendable where Value: Sendable {}

/// Takes the result of a deferred if it has one.
///
/// A pending deferred is left unchanged and still accepts a successor.
func outcome<Value>(_ deferred: Deferred<Value>) -> Outcome<Value> {
    guard deferred.hasFired else { return .pending }
    var outcome = Outcome<Value>.pending
    deferred.whenFired { result in
        switch result {
        case .success(let value): outcome = .value(value)
        case .failure(let error): outcome = .error("\(error)")
        }
    }
    return outcome
}

/// Collects the errors of deferreds that no errback handled.
final class FailureLog: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { self.texts.withLock { $0 } }

    func add(_ error: any Error) {
        self.texts.withLock { $0.append("\(error)") }
    }
}

/// Returns the unhandled errors of the deferreds that `body` makes and releases.
func failuresLeft(_ body: () -> Void) -> [String] {
    let failures = FailureLog()
    UnhandledFailure.$sink.withValue(.init { failures.add($0) }) { body() }
    return failures.all
}

/// Runs `body` on a thread with a small stack, so that a recursion over a million items crashes.
func onSmallStack<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    #if DEBUG
    let size = 1024 * 1024
    #else
    let size = 256 * 1024
    #endif
    let box = SmallStackBox()
    let result = Mutex<Value?>(nil)
    withoutActuallyEscaping({ result.withLock { $0 = body() } }) { work in
        box.work = work
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        pthread_attr_init(attributes)
        pthread_attr_setstacksize(attributes, size)
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            attributes,
            { raw in
                Unmanaged<SmallStackBox>.fromOpaque(raw!).takeUnretainedValue().work?()
                return nil
            },
            Unmanaged.passUnretained(box).toOpaque()
        )
        precondition(code == 0)
        pthread_join(thread, nil)
        attributes.deallocate()
        box.work = nil
    }
    return result.withLock { $0! }
}

/// Passes the work to the new thread, whose end `onSmallStack` waits for.
private final class SmallStackBox {
    var work: (() -> Void)?
}
