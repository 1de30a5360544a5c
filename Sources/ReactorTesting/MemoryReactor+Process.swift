// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

extension MemoryReactor: ReactorProcess {
    /// Starts a scripted child; ``programs`` says what it does.
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        let steps = try self.programs(request)
        let process = MemoryProcess(self, `protocol`, request)
        self.processes.append(process)
        process.launch(steps)
        return process
    }

    func takePID() -> Int32 {
        self.nextPID += 1
        return self.nextPID
    }
}
