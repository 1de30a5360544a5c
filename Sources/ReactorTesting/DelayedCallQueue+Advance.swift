// swift-reactor
// SPDX-License-Identifier: Apache-2.0

package import Reactor

extension DelayedCallQueue {
    /// Moves time to `end`, stopping at each deadline on the way to run what is due there.
    package func advance(to end: Int64, afterEachTurn settle: () -> Void = {}) {
        var turnsHere = 0
        while let next = self.earliest, next <= end {
            turnsHere = next > self.now ? 0 : turnsHere + 1
            require(
                turnsHere < 100_000,
                "100,000 turns at the same instant: a call seems to ask for itself again with no delay."
            )
            self.now = max(self.now, next)
            self.runDue()
            settle()
        }
        self.now = max(self.now, end)
    }
}
