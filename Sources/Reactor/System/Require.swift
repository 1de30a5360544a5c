// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Stops the program with a message, unless `condition` holds: for mistakes of the caller.
///
/// `precondition` says its message in debug builds only; in a release build the program ends with
/// an illegal instruction, and whoever made the mistake learns nothing.
@inline(__always)
package func require(
    _ condition: @autoclosure () -> Bool,
    _ message: @autoclosure () -> String,
    file: StaticString = #fileID,
    line: UInt = #line
) {
    if !condition() { stopProgram(message(), file: file, line: line) }
}

/// Stops the program with a message.
@inline(never)
package func stopProgram(
    _ message: String,
    file: StaticString = #fileID,
    line: UInt = #line
) -> Never {
    // The one place where this is right: only a broken promise of the caller, or a system that can
    // give no loop, comes here; nothing sound could be returned to who called (`Never`), and unlike
    // `preconditionFailure` it says its message in every build.
    fatalError(message, file: file, line: line)
}
