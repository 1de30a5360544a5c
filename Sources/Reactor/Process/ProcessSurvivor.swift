// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A process that was still alive when it should have been gone.
public struct ProcessSurvivor: Sendable, Hashable, CustomStringConvertible {
    /// Its process id, at the time of the scan.
    public var pid: Int32
    /// Its command name, at most 15 bytes (proc(5), comm).
    public var command: String
    /// The state letter of proc(5); "D" is uninterruptible sleep.
    public var state: Character

    /// Makes a survivor.
    public init(pid: Int32, command: String, state: Character) {
        self.pid = pid
        self.command = command
        self.state = state
    }

    /// For example "4711 (sleep, state S)".
    public var description: String { "\(self.pid) (\(self.command), state \(self.state))" }
}
