// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorProcess {
    /// Starts a child; see ``ReactorProcess/spawnProcess(_:_:)``.
    ///
    /// Takes about 80 microseconds, during which the loop stands still (clone with VFORK: until the
    /// child has called execve).
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        let ends = try ChildEnds(request.streams)
        let child = ChildHandle(try SpawnedChild(request, ends))
        // The child has its ends; with ours open too, its streams would never end.
        ends.theirs.closeAll()
        let process = LibevProcess(self, `protocol`, request, child, ends)
        self.children[ObjectIdentifier(process)] = process
        self.callLater(.zero) { [weak process] in process?.connect() }
        return process
    }
}
