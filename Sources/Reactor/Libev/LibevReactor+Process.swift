// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorProcess {
    /// Starts a child process; see ``ReactorProcess/spawnProcess(_:_:)``.
    ///
    /// The call blocks the loop, because the kernel suspends this thread until the child has called
    /// execve(2) (clone(2), `CLONE_VFORK`). Docs/Performance.md lists the duration of a spawn,
    /// which does not depend on the size of the parent.
    @discardableResult
    public func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport {
        try self.start(`protocol`, request)
    }

    /// Starts a child process.
    ///
    /// A test may pass `false` for `reapsAtOnce` to test the behavior on kernels before Linux 6.9;
    /// see ``ChildHandle/reapsAtOnce``.
    func start(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest,
        reapsAtOnce: Bool = ChildHandle.canReapAtOnce
    ) throws(SpawnError) -> LibevProcess {
        // When this method returns, `ends` is destroyed, which closes the child's ends in this
        // process. While these are open here, the child's streams cannot reach their end.
        self.requireReactorsThread()
        `protocol`.requireUnused()
        if self.state.isShutDown { throw .reactorHasShutDown(request) }
        var ends = try ChildEnds(request.streams, self.lowSlots)
        let child = try ChildHandle(request, ends, self.lowSlots, reapsAtOnce: reapsAtOnce)
        let process = LibevProcess(self, `protocol`, request, child, &ends)
        process.index = self.state.children.count
        self.state.children.append(process)
        self.state.newChildren.append(process)
        `protocol`.isUsed = true
        return process
    }

    /// Handles the exit of each child that has exited by now, before the loop reports it.
    ///
    /// Call this method only from the loop, and not from a method of a protocol.
    func handleExits() {
        // A child that was started in this turn may have exited too.
        self.connectNewChildren()
        for child in self.state.children { child.handleExitIfAny() }
    }

    /// Deregisters a child that has ended and has been reaped.
    func deregister(_ process: LibevProcess) {
        // The array is empty if a method of the protocol called `shutDown`.
        guard !self.state.children.isEmpty else { return }
        let last = self.state.children.removeLast()
        guard last !== process else { return }
        self.state.children[process.index] = last
        last.index = process.index
    }
}
