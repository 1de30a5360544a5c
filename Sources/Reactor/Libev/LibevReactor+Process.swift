// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorProcess {
    /// Starts a child process; see ``ReactorProcess/spawnProcess(_:_:)``.
    ///
    /// The loop stands still during the call, because the kernel suspends this thread until the
    /// child has called execve (clone(2), `CLONE_VFORK`). Docs/Performance.md has the time that
    /// this takes; it does not depend on the size of the parent.
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        try self.start(`protocol`, request)
    }

    /// Starts a child process; a test may choose `reapsAtOnce`, which ``ChildHandle`` explains.
    func start(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest,
        reapsAtOnce: Bool = ChildHandle.canReapAtOnce
    ) throws(SpawnError) -> LibevProcess {
        // The destruction of `ends` closes the child's ends in this process when the call returns.
        // While they are open here, the child's streams cannot reach their end.
        var ends = try ChildEnds(request.streams, self.lowSlots)
        let child = try ChildHandle(request, ends, self.lowSlots, reapsAtOnce: reapsAtOnce)
        let process = LibevProcess(self, `protocol`, request, child, &ends)
        process.index = self.state.children.count
        self.state.children.append(process)
        self.state.newChildren.append(process)
        return process
    }

    /// Deregisters a child that has ended and has been reaped.
    func deregister(_ process: LibevProcess) {
        // The array is empty if the host called `shutDown` from the protocol's last method.
        guard !self.state.children.isEmpty else { return }
        let last = self.state.children.removeLast()
        guard last !== process else { return }
        self.state.children[process.index] = last
        last.index = process.index
    }
}
