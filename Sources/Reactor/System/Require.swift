// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Stops the program with a message if `condition` is `false`.
///
/// Use it to check for mistakes of the caller. `precondition` prints its message in debug builds
/// only; in a release build the program dies from an illegal instruction, and its author does not
/// learn why.
@inline(__always)
package func require(
    _ condition: @autoclosure () -> Bool,
    _ message: @autoclosure () -> String,
    file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { stopProgram(message(), file: file, line: line) }
}

/// Stops the program with a message, in debug and in release builds.
@inline(never)
package func stopProgram(
    _ message: String,
    file: StaticString = #fileID,
    line: UInt = #line
) -> Never {
    // This is the only use of `fatalError`. It is reached after a mistake of the caller, or if the
    // system cannot provide an event loop or a thread; in both cases there is no valid value that
    // could be returned. Unlike `preconditionFailure`, it prints its message in every build.
    fatalError(message, file: file, line: line)
}
