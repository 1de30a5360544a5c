// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Stops the program with a message if `condition` is `false`.
///
/// Use this function to check for mistakes of the caller. It replaces `precondition`, which prints
/// its message only in debug builds. In a release build, a failed `precondition` ends the program
/// with an illegal instruction and without a message.
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
    // This is the only use of `fatalError`. The program gets here after a mistake of the caller, or
    // if the system cannot provide an event loop or a thread. In both cases there is no valid value
    // to return. Unlike `preconditionFailure`, `fatalError` prints its message in every build.
    fatalError(message, file: file, line: line)
}
