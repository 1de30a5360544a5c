// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What a transport, real or fake, does for ``ExitDriver``.
package protocol ExitDriverDelegate: AnyObject {
    /// Whether no live member is left in the group. `thoroughly`: zombies are told apart, at the
    /// price of a scan.
    func isGroupEmpty(thoroughly: Bool) -> Bool

    /// Sends a signal to the group on behalf of the exit policy.
    func signalGroupForPolicy(_ signal: Signal)

    /// The process is over: close what is open and tell the protocol.
    func end()
}
