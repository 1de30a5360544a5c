// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// One thing that a scripted child does; a script is a list of them.
public indirect enum MemoryStep: Sendable, Hashable {
    /// Writes to one of its descriptors.
    case write(String, to: Int32 = 1)
    /// Writes bytes to one of its descriptors.
    case writeBytes([UInt8], to: Int32 = 1)
    /// Lets time pass.
    case wait(Duration)
    /// Ignores a signal from now on (SIGKILL cannot be ignored).
    case ignore(Signal)
    /// Closes one of its descriptors.
    case close(Int32)
    /// Starts another member of its group that has the same streams open and follows its own
    /// script.
    case start([MemoryStep])
    /// The same in a session of its own, out of reach of signals to the group.
    case startDetached([MemoryStep])
    /// Writes back to 1 what it reads from 0, until that is closed.
    case echoInput
    /// Does nothing more until a signal ends it.
    case pause
    /// Ends with this code.
    case exit(Int32)
    /// Ends by this signal.
    case die(Signal)
}
