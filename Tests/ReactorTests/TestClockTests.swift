// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import Testing

@Suite struct TestClockTests {
    // twisted.md §8, 75 and models.md §2b: a call that asks for itself again every second.
    @Test func `advancing stops at each deadline on the way`() {
        let clock = TestClock()
        var seen: [Duration] = []
        func tick() {
            seen.append(clock.now)
            clock.callLater(.seconds(1)) { tick() }
        }
        clock.callLater(.seconds(1)) { tick() }
        clock.advance(by: .seconds(3))
        #expect(seen == [.seconds(1), .seconds(2), .seconds(3)])
    }
}
