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
        try self.start(`protocol`, request)
    }

    /// The same; for `reapsAtOnce` see ``ChildHandle``.
    func start(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest,
        reapsAtOnce: Bool = ChildHandle.canReapAtOnce
    ) throws(SpawnError) -> LibevProcess {
        // At the end of this call it closes what the child has now: with our copies open too, its
        // streams would never end.
        var ends = try ChildEnds(request.streams, self.lowSlots)
        let child = try ChildHandle(request, ends, self.lowSlots, reapsAtOnce: reapsAtOnce)
        let process = LibevProcess(self, `protocol`, request, child, &ends)
        process.index = self.children.count
        self.children.append(process)
        self.newChildren.append(process)
        return process
    }

    /// Step 7 of a turn: protocols hear of the children that were started in it.
    ///
    /// Not by a delayed call: that would be another turn, and the children would be listened to
    /// one turn later. Those that are started meanwhile wait for the next turn.
    func connectNewChildren() {
        guard !self.newChildren.isEmpty else { return }
        let children = self.newChildren
        self.newChildren = []
        for child in children { child.connect() }
    }

    /// Lets go of a child that is over and reaped.
    func deregister(_ process: LibevProcess) {
        // All have been let go if the last word to its protocol made a host shut down.
        guard !self.children.isEmpty else { return }
        let last = self.children.removeLast()
        guard last !== process else { return }
        self.children[process.index] = last
        last.index = process.index
    }
}
