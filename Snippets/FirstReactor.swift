// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

let reactor = LibevReactor()

var count = 0
let ticker = LoopingCall(clock: reactor) {
    count += 1
    print("tick \(count)")
}
ticker.start(interval: .milliseconds(100))

reactor.callLater(.milliseconds(350)) {
    ticker.stop()
    reactor.stop()
}
reactor.run()
