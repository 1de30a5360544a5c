// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

func fetch(_ name: String) -> Deferred<String> {
    deferLater(CurrentReactor.reactor, .milliseconds(10)) { "the page of \(name)" }
}

let reactor = LibevReactor()
reactor.callWhenRunning {
    fetch("one")
        .addCallback { page in page.count }
        .chain { length in fetch("number \(length)") }
        .addTimeout(.seconds(1), waitingFor: "the second page")
        .addErrback { error in "nothing: \(error)" }
        .addCallback { print($0) }
        .whenFired { _ in reactor.stop() }
}
reactor.run()
