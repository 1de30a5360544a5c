// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

final class Sorter: ProcessProtocol {
    private var sorted: [UInt8] = []

    override func connectionMade() {
        self.transport?.write("pear\napple\n")
        self.transport?.closeStdin()
    }

    override func outReceived(_ data: RawSpan) {
        self.sorted.append(contentsOf: data)
    }

    override func processEnded(_ end: ProcessEnd) {
        print("sort \(end.exit):")
        print(String(decoding: self.sorted, as: UTF8.self))
        LibevReactor.current?.stop()
    }
}

let reactor = LibevReactor()
try reactor.spawnProcess(Sorter(), SpawnRequest("sort"))
reactor.run()
