// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting

let clock = TestClock()
var times: [Duration] = []
let loop = LoopingCall(clock: clock) { times.append(clock.now) }
loop.start(interval: .seconds(30), now: false)

clock.advance(by: .seconds(95))
precondition(times == [.seconds(30), .seconds(60), .seconds(90)])

loop.stop()
precondition(clock.delayedCalls.isEmpty)
