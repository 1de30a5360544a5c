// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to start child processes.
public protocol ReactorProcess: AnyObject {
    /// Starts a child process and reports its output and its end to `protocol`.
    ///
    ///     let request = SpawnRequest("git", ["fetch", "--progress"])
    ///     let transport = try reactor.spawnProcess(FetchProtocol(), request)
    ///
    /// When this method returns, the child has executed its program. No method of `protocol` is
    /// called before that. The first one is ``ProcessProtocol/connectionMade()``, at the end of the
    /// turn in which the child was spawned. If the child was spawned outside of a turn, the call
    /// comes when the next turn begins; if it was spawned by another protocol's `connectionMade()`,
    /// the call comes at the end of the next turn.
    ///
    /// The reactor keeps the transport, and the transport keeps the protocol, until
    /// ``ProcessProtocol/processEnded(_:)`` has been called. If the reactor shuts down earlier,
    /// `protocol` receives no further calls, and the child keeps running.
    ///
    /// - Parameters:
    ///   - protocol: The object that receives the child's output and its end. Each child needs a
    ///     protocol of its own.
    ///   - request: The program and its arguments, streams, environment and exit policy.
    /// - Throws: ``SpawnError`` if the child could not be started, with the step that failed and
    ///   the reason. In this case no process and no descriptor is left over, and no method of
    ///   `protocol` is called.
    /// - Returns: The transport, with which the caller writes to the child and sends it signals.
    @discardableResult
    func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport
}
