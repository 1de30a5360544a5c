// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import ReactorTesting

/// One action of a child process in a contract suite.
///
/// On the real reactor it becomes a verb of the program test-child, on the memory reactor a step of
/// a script.
indirect enum Act {
    case out(String)
    case err(String)
    case write(String, to: Int32)
    case wait(milliseconds: Int)
    case ignore(Signal)
    case close(Int32)
    /// Starts another process in the same group, with the same streams open.
    case child([Act])
    /// Starts another process in a session of its own.
    case detached([Act])
    /// Copies its input to its output until the end of the input.
    case cat
    case pause
    case exit(Int32)
    case die(Signal)

    /// The argument of test-child for this action.
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

    /// The step of a script for this action.
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
