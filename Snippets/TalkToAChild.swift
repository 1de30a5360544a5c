// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting

final class Conversation: ProcessProtocol {
    private(set) var text = ""

    override func outReceived(_ data: RawSpan) {
        self.text += String(decoding: data, as: UTF8.self)
    }
}

let reactor = MemoryReactor()
reactor.programs = { _ in
    [.whenItReads("name?\n", write: "worker 7\n"), .stopReading, .pause]
}
var request = SpawnRequest("worker")
request.writeLimit = 100_000
let worker = Conversation()
let transport = try reactor.spawnProcess(worker, request)

transport.write("name?\n")
reactor.advance(by: .zero)
precondition(worker.text == "worker 7\n")

// The pipe takes 64 KiB, and the rest waits in the queue of the reactor.
precondition(transport.write(Array(repeating: 0, count: 100_000)) == .acceptedButFull)
reactor.advance(by: .zero)
precondition(transport.write(Array(repeating: 0, count: 70_000)) == .refused)

reactor.processes[0].startReading()
reactor.advance(by: .zero)
precondition(transport.write(Array(repeating: 0, count: 70_000)) == .acceptedButFull)

try reactor.handleSignal(.terminate) { _ in
    try? transport.signalProcess(.kill, to: .group)
}
precondition(reactor.deliverSignal(.terminate))
reactor.advance(by: .zero)

let later = deferLater(reactor, .seconds(5)) { "done" }
try noResult(of: later)
reactor.advance(by: .seconds(5))
let text = try successResult(of: later)
precondition(text == "done")

precondition(reactor.leftovers == ["The signal SIGTERM is being handled."])
reactor.stopHandlingSignal(.terminate)
try reactor.requireNothingLeft()
