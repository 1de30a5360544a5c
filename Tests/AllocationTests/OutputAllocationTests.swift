// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import TestSupport
import Testing
import WorkerMonitor

/// The output of a child on its way through the reactor and the protocols, without the log file.
@Suite(.countsAllocations, .serialized, .timeLimit(.minutes(5)))
struct `Allocations of output` {
    private static func line(_ bytes: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "x"), count: bytes - 1) + [UInt8(ascii: "\n")]
    }

    private func allocationsOfChunks(
        _ stage: WorkerStage,
        _ chunk: [UInt8],
        _ descriptor: Int32 = 1
    ) -> Int {
        func feed() {
            for _ in 0..<1000 { stage.worker.childDataReceived(chunk.span.bytes, from: descriptor) }
        }
        feed()
        let before = stage.log.outputBytes
        let count = allocations { feed() }
        #expect(stage.log.outputBytes - before == Int64(1000 * chunk.count))
        return count
    }

    @Test(arguments: [1, 64, 4096, 65536], [1, 2] as [Int32])
    func `a chunk of output that goes through the worker's protocol allocates nothing`(
        bytes: Int,
        descriptor: Int32
    ) {
        let stage = WorkerStage()
        stage.fillTail()
        #expect(self.allocationsOfChunks(stage, Self.line(bytes), descriptor) == 0)
        stage.end()
    }

    @Test(.optimized, arguments: [1, 64, 80, 4096])
    func `a chunk of output allocates nothing while the log tail is small`(bytes: Int) {
        let stage = WorkerStage()
        #expect(self.allocationsOfChunks(stage, Self.line(bytes)) == 0)
        stage.end()
    }

    @Test func `a chunk of output that a reactor reads from a child allocates nothing`() throws {
        let bytes = 32 << 20
        let log = CountingLog()
        let monitor = AcceptingMonitor(WorkerMonitorConfiguration())
        var worker: FloodedWorker?
        let end = runOnLibev { reactor in
            let ended = Deferred<ProcessEnd>()
            let flooded = FloodedWorker(monitor, log, limit: bytes / 4 * 3, ended)
            worker = flooded
            var request = SpawnRequest(testChild, ["flood:\(bytes)"])
            request.streams = .descriptors([0: .null, 1: .read, 2: .sameAs(1)])
            do { try reactor.spawnProcess(flooded, request) } catch { ended.fail(error) }
            return ended
        }
        #expect(try end?.get().exit.isSuccess == true)
        #expect(log.outputBytes == Int64(bytes + endlessLine.count))
        let seen = try #require(worker)
        #expect(seen.countedChunks > 16)
        #expect(seen.allocations == 0)
    }
}
