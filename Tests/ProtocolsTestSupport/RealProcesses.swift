// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Reactor

/// The path of the helper program that plays every real child process of the tests.
///
/// The build puts it next to the test program.
package let testChild: String = {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return program.deletingLastPathComponent().appendingPathComponent("test-child").path
}()

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
