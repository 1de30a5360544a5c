// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to start child processes.
public protocol ReactorProcess: AnyObject {
    /// Starts a child process and reports its output and its end to `protocol`.
    ///
    ///     let request = SpawnRequest("git", ["fetch", "--progress"])
    ///     let transport = try reactor.spawnProcess(FetchProtocol(), request)
    ///
    /// When this method returns, the child has begun to execute its program, and no method of
    /// `protocol` has been called. The reactor calls ``ProcessProtocol/connectionMade()`` first, at
    /// the end of the turn in which the child was spawned. If the child was spawned outside of a
    /// turn, the reactor calls it when the next turn begins. If the child was spawned by another
    /// protocol's `connectionMade()`, the reactor calls it at the end of the next turn.
    ///
    /// The reactor retains the transport, and the transport retains the protocol, until
    /// ``ProcessProtocol/processEnded(_:)`` has been called. If the reactor shuts down earlier,
    /// `protocol` receives no further calls, and the child keeps running.
    ///
    /// - Parameters:
    ///   - protocol: The object that receives the events of the child. Use a new object for
    ///     each child.
    ///   - request: The program and its arguments, streams, environment and exit policy.
    /// - Throws: ``SpawnError`` with the failed step and the reason if the child could not be
    ///   started. In this case the reactor has reaped any process and closed all descriptors that
    ///   it had created, and it calls no method of `protocol`. After the reactor has shut down, the
    ///   error has the code ``SpawnError/Code/reactorHasShutDown``.
    /// - Returns: The transport, with which the caller writes to the child and sends it signals.
    @discardableResult
    func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport
}
