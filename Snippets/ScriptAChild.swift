// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting

let reactor = MemoryReactor()
reactor.programs = { _ in [.ignore(.interrupt), .write("working\n"), .pause] }

let deferred = Deferred<ProcessEnd>()
var failure: (any Error)?
deferred.whenFired { result in
    if case .failure(let error) = result { failure = error }
}

let monitor = ProcessMonitorProtocolWithTimeout(
    deferred: deferred,
    timeout: .seconds(60),
    clock: reactor
)
try reactor.spawnProcess(monitor, SpawnRequest("worker", ["--all"]))
let child = reactor.processes[0]
precondition(child.request.arguments == ["--all"])

reactor.advance(by: .seconds(60))
precondition(child.signals.map(\.signal) == [.interrupt])

reactor.advance(by: .seconds(5))
precondition(child.signals.map(\.signal) == [.interrupt, .kill])
precondition(monitor.end?.exit == .signaled(.kill, coreDumped: false))
precondition(failure is TimeoutError)
