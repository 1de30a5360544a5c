// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting
import TestSupport
import WorkerMonitor

/// A worker on a stub transport, whose end and survivors are chosen by the test.
final class SurvivorStage {
    let log = MemoryJobLog()
    private var transport: StubTransport?
    private var processProtocol: ProcessProtocol?

    func reactor(_ clock: MemoryReactor) -> any CodeImportWorkerMonitor.MonitorReactor {
        StubReactor(clock) { self.processProtocol = $0 }
    }

    func connect(_ clock: MemoryReactor) {
        guard let processProtocol = self.processProtocol else { return }
        let transport = StubTransport(processProtocol, clock: clock)
        self.transport = transport
        transport.connect()
    }

    func end(survivors: [ProcessSurvivor]) {
        self.processProtocol?.endConnection(ProcessEnd(exit: .unknown, survivors: survivors))
        self.processProtocol = nil
    }
}

/// A memory reactor that starts no processes and passes their protocols to a function.
private final class StubReactor: ReactorProcess, ReactorThreads, ReactorTime {
    private let inner: MemoryReactor
    private let spawned: (ProcessProtocol) -> Void

    init(_ inner: MemoryReactor, _ spawned: @escaping (ProcessProtocol) -> Void) {
        self.inner = inner
        self.spawned = spawned
    }

    func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        self.spawned(`protocol`)
        return StubTransport(`protocol`, clock: self.inner)
    }

    var handle: ReactorHandle { self.inner.handle }
    var now: Duration { self.inner.now }
    var delayedCalls: [DelayedCall] { self.inner.delayedCalls }

    func deferToThread<Value: Sendable>(
        _ work: sending @escaping () throws -> Value
    ) -> Deferred<Value> {
        self.inner.deferToThread(work)
    }

    func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.inner.callLater(delay, body)
    }
}
