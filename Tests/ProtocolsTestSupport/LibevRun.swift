// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

/// Runs a reactor with a kernel until the deferred that `body` makes has fired.
///
/// - Returns: its result; nil if it has none after ten seconds.
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
