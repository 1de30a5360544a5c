// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// The error of a deferred that has not the result that a test expects.
public struct UnexpectedResult: Error, CustomStringConvertible {
    /// A sentence that says what was expected and what is there.
    public var description: String
    /// The error that the deferred failed with, or `nil`.
    public var underlying: (any Error)?

    init(_ description: String, _ underlying: (any Error)? = nil) {
        self.description = description
        self.underlying = underlying
    }
}

/// Returns the value of a deferred that has already succeeded.
///
///     let end = try successResult(of: deferred)
///
/// The function becomes the successor of the deferred if it has fired; a pending deferred is
/// left unchanged. It does not wait and runs no turn, so advance the clock first. Like
/// Twisted's `successResultOf`.
///
/// - Throws: ``UnexpectedResult`` if the deferred is pending or has failed.
public func successResult<Value>(of deferred: Deferred<Value>) throws -> Value {
    switch try result(of: deferred, expected: "a value") {
    case .success(let value): return value
    case .failure(let error):
        throw UnexpectedResult("The deferred should have a value, but it failed: \(error)", error)
    }
}

/// Returns the error of a deferred that has already failed, which then counts as handled.
///
/// The rules of ``successResult(of:)`` apply. Like Twisted's `failureResultOf`.
///
/// - Throws: ``UnexpectedResult`` if the deferred is pending or has succeeded.
@discardableResult
public func failureResult<Value>(of deferred: Deferred<Value>) throws -> any Error {
    switch try result(of: deferred, expected: "an error") {
    case .success(let value):
        throw UnexpectedResult("The deferred should have an error, but it has a value: \(value)")
    case .failure(let error): return error
    }
}

/// Returns the error of a deferred that has already failed with an error of the given type.
///
///     let error = try failureResult(of: deferred, as: TimeoutError.self)
///
/// - Throws: ``UnexpectedResult`` if the deferred is pending, has succeeded, or has failed with an
///   error of another type.
@discardableResult
public func failureResult<Value, Failure: Error>(
    of deferred: Deferred<Value>,
    as type: Failure.Type
) throws -> Failure {
    let error = try failureResult(of: deferred)
    guard let expected = error as? Failure else {
        throw UnexpectedResult(
            "The deferred should have failed with \(type), but it failed: \(error)",
            error
        )
    }
    return expected
}

/// Checks that a deferred has no result yet, and leaves it unchanged.
///
/// Like Twisted's `assertNoResult`.
///
/// - Throws: ``UnexpectedResult`` if the deferred has fired.
public func noResult<Value>(of deferred: Deferred<Value>) throws {
    guard deferred.hasFired else { return }
    // The result is not taken, so it cannot be part of the text.
    throw UnexpectedResult("The deferred should have no result yet, but it has one.")
}

private func result<Value>(
    of deferred: Deferred<Value>,
    expected: String
) throws -> Result<Value, any Error> {
    var result: Result<Value, any Error>?
    if deferred.hasFired { deferred.whenFired { result = $0 } }
    guard let result else {
        throw UnexpectedResult("The deferred should have \(expected), but it has no result yet.")
    }
    return result
}
