// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Protocols
import Reactor
import ReactorTesting

final class StubTransport: ProcessTransport {
    private(set) var signals: [Signal] = []
    var exit: ProcessExit?
    var pid: Int32? { self.exit == nil ? 4711 : nil }

    func signalProcess(_ signal: Signal, to target: SignalTarget) throws {
        if self.exit != nil { throw ProcessExitedAlready() }
        self.signals.append(signal)
    }

    func write(_ bytes: [UInt8]) -> WriteOutcome { .accepted }
    func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteOutcome { .accepted }
    func closeChildDescriptor(_ descriptor: Int32) {}
    func loseConnection() {}
    func pauseProducing() {}
    func resumeProducing() {}
    func resizeTerminal(rows: UInt16, columns: UInt16) {}
    func giveUp() {}
}

let clock = TestClock()
let killer = ProcessProtocolWithTwoStageKill(clock: clock)
let transport = StubTransport()
killer.makeConnection(transport)

killer.terminateProcess(timeout: .seconds(2))
precondition(transport.signals == [.interrupt])

transport.exit = .exited(code: 0)
killer.processExited(.exited(code: 0))
killer.endConnection(ProcessEnd(exit: .exited(code: 0)))
clock.advance(by: .seconds(2))
precondition(transport.signals == [.interrupt])
precondition(clock.delayedCalls.isEmpty)
