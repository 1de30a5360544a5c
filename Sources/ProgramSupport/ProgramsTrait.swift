// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The package trait `Programs`, without which the programs have no content.
///
/// The programs need swift-argument-parser. A package that depends on the libraries alone must not
/// have to resolve it, so the trait is off by default.
package enum ProgramsTrait {
    /// Prints how to build the program with the trait, and exits with ``ProgramExitCode/usage``.
    package static func exitWithout(program: String) -> Never {
        StandardError.write(
            """
            \(program): This program was built without the package trait Programs. Build it with
            ./Scripts/build, or with swift build --traits Programs.

            """,
            waitLimit: StandardError.finalWaitLimit
        )
        exit(ProgramExitCode.usage.rawValue)
    }
}
