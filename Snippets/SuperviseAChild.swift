// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor

final class Watcher: ProcessMonitorProtocolWithTimeout {
    override func outReceived(_ data: RawSpan) {
        self.resetTimeout()
        print(String(decoding: data, as: UTF8.self), terminator: "")
    }
}

let reactor = LibevReactor()
let outcome = Deferred<ProcessEnd>()
outcome
    .addCallback { end in print("The process \(end.exit).") }
    .addErrback { error in print("Stopped: \(error)") }
    .whenFired { _ in reactor.stop() }

let watcher = Watcher(deferred: outcome, timeout: .seconds(1), clock: reactor)
watcher.waitBeforeKill = .milliseconds(500)
try reactor.spawnProcess(watcher, SpawnRequest("sh", ["-c", "echo working; sleep 60"]))
reactor.run()
