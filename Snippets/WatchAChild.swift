// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

final class Sorter: ProcessProtocol {
    private var sorted: [UInt8] = []

    override func connectionMade() {
        self.transport?.write(Array("pear\napple\n".utf8))
        self.transport?.closeStdin()
    }

    override func outReceived(_ data: RawSpan) {
        data.withUnsafeBytes { self.sorted += $0 }
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
