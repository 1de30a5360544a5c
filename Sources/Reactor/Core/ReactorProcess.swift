// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// The ability to start a child process.
public protocol ReactorProcess: AnyObject {
    /// Starts a child and tells `protocol` what becomes of it.
    ///
    /// The child runs when this returns. No method of `protocol` is called inside this call:
    /// ``ProcessProtocol/connectionMade()`` comes first, in the next turn. The reactor keeps the
    /// transport and the transport keeps the protocol until ``ProcessProtocol/processEnded(_:)``
    /// has been called.
    ///
    /// - Throws: ``SpawnError`` if the child could not be started, with what failed and why.
    ///   Nothing is left behind then, and no method of `protocol` is called.
    @discardableResult
    func spawnProcess(
        _ protocol: ProcessProtocol,
        _ request: SpawnRequest
    ) throws(SpawnError) -> any ProcessTransport
}
