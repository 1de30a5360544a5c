// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Reactor

/// The program that tests start as a child process; its arguments say how it behaves.
package let testChild = builtProgram("test-child")

/// Returns the path of a program of this package, as built together with the running tests.
///
/// The build puts all programs and the test bundle into one folder. The bundle is usually the
/// running program itself. If a test runner of the toolchain runs it instead, the path of the
/// bundle is among the arguments of that runner.
package func builtProgram(_ name: String) -> String {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    return URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent(name).path
}

/// Runs a real reactor until the deferred that `body` returns has fired.
///
/// - Returns: The result of the deferred, or `nil` if it has not fired after ten seconds.
package func runOnLibev<Value>(
    _ body: @escaping (LibevReactor) -> Deferred<Value>
) -> Result<Value, any Error>? {
    let reactor = LibevReactor()
    var result: Result<Value, any Error>?
    reactor.callWhenRunning {
        body(reactor).whenFired {
            result = $0
            reactor.stop()
        }
    }
    reactor.callLater(.seconds(10)) { reactor.stop() }
    reactor.run()
    return result
}
