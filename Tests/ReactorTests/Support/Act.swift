// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reactor
import ReactorTesting

/// One thing that a child does: a verb of test-child on the real reactor, a step of a script on the
/// fake.
indirect enum Act {
    case out(String)
    case err(String)
    case write(String, to: Int32)
    case wait(milliseconds: Int)
    case ignore(Signal)
    case close(Int32)
    /// Another member of the group, with the same streams open.
    case child([Act])
    /// The same in a session of its own.
    case detached([Act])
    /// Writes back what it reads, until the end of its input.
    case cat
    case pause
    case exit(Int32)
    case die(Signal)

    var verb: String {
        switch self {
        case .out(let text): "out:\(text)"
        case .err(let text): "err:\(text)"
        case .write(let text, let number): "to:\(number),\(text)"
        case .wait(let milliseconds): "wait:\(milliseconds)"
        case .ignore(let signal): "ignore:\(signal.rawValue)"
        case .close(let number): "close:\(number)"
        case .child(let acts): "child:\(acts.map(\.verb).joined(separator: "|"))"
        case .detached(let acts): "detached:\(acts.map(\.verb).joined(separator: "|"))"
        case .cat: "cat"
        case .pause: "pause"
        case .exit(let code): "exit:\(code)"
        case .die(let signal): "die:\(signal.rawValue)"
        }
    }

    var step: MemoryStep {
        switch self {
        case .out(let text): .write(text)
        case .err(let text): .write(text, to: 2)
        case .write(let text, let number): .write(text, to: number)
        case .wait(let milliseconds): .wait(.milliseconds(milliseconds))
        case .ignore(let signal): .ignore(signal)
        case .close(let number): .close(number)
        case .child(let acts): .start(acts.map(\.step))
        case .detached(let acts): .startDetached(acts.map(\.step))
        case .cat: .echoInput
        case .pause: .pause
        case .exit(let code): .exit(code)
        case .die(let signal): .die(signal)
        }
    }
}
