// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor

let reactor = LibevReactor()
reactor.callWhenRunning {
    runProcessWithTimeout(["sleep", "60"], timeout: .seconds(1), on: reactor)
        .addCallback { end in print("The process \(end.exit).") }
        .addErrback { error in print(error) }
        .whenFired { _ in reactor.stop() }
}
reactor.run()
