// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// One step in the script of a child of a ``MemoryReactor``.
///
/// A script is an array of steps, which the child performs in order. After the last step the child
/// exits with code 0.
///
///     reactor.programs = { _ in
///         [.ignore(.interrupt), .write("working\n"), .wait(.seconds(30)), .exit(3)]
///     }
///
/// The effects of a step reach the protocol in a later turn, as they would from a kernel.
public indirect enum MemoryStep: Sendable, Hashable {
    /// Writes a text, encoded as UTF-8, to a descriptor of the child.
    ///
    /// The output is lost if the stream has ended, or if the reactor no longer reads from it.
    /// Unlike a kernel, this step does not check that the process itself still has the descriptor
    /// open. If the protocol has paused the output and 64 KiB are waiting, the child blocks until
    /// the protocol resumes it, as it would at a full pipe.
    case write(String, to: Int32 = 1)

    /// Writes bytes to a descriptor of the child; see ``write(_:to:)``.
    case writeBytes([UInt8], to: Int32 = 1)

    /// Waits for a duration on the clock of the reactor.
    case wait(Duration)

    /// Ignores a signal from now on.
    ///
    /// SIGKILL ends the child in any case. Processes that the child starts later inherit
    /// the setting.
    case ignore(Signal)

    /// Closes a descriptor of the child.
    ///
    /// The stream ends once neither the child nor one of its descendants has it open.
    case close(Int32)

    /// Starts another process, which follows the given script.
    ///
    /// The new process inherits the open streams and the process group, and begins in the
    /// next turn.
    case start([MemoryStep])

    /// Starts another process in a new session, so that signals to the child's process group do not
    /// reach it.
    ///
    /// The new process inherits the open streams and begins in the next turn.
    case startDetached([MemoryStep])

    /// Copies all input from descriptor 0 to descriptor 1, until the reactor closes descriptor 0.
    ///
    /// With a terminal, this step continues until a signal ends the child.
    case echoInput

    /// Waits until the child has read a text from descriptor 0, and then performs other steps.
    ///
    /// The text may arrive in several writes. The step consumes the input up to the end of the
    /// text; the rest is left for later steps. If the reactor closes descriptor 0 first, the steps
    /// are skipped, and the script continues after them.
    ///
    ///     [.whenItReads("login: me\n", [.write("password?\n")]), .whenItReads("secret\n", [])]
    case whenItReads(String, [MemoryStep])

    /// Stops reading, so that the reactor's writes fill the pipe and then the reactor's queue.
    ///
    /// A pipe holds 64 KiB. After that, `childWriteBufferEmptied` is not called, and writes beyond
    /// `SpawnRequest.writeLimit` are refused. The script continues.
    case stopReading

    /// Reads everything that was held back since ``stopReading``, and continues to read.
    case startReading

    /// Does nothing until a signal ends the child.
    case pause

    /// Sleeps forever, so that no signal ends the child, not even SIGKILL.
    ///
    /// A real process is in this state, for example, while it waits for a server of files that does
    /// not respond. `ProcessEnd.survivors` lists it with the state "D".
    case hang

    /// Exits with a code from 0 to 255.
    case exit(Int32)

    /// Dies from a signal, even if the child ignores it.
    case die(Signal)

    /// Waits until the child has read `text` from descriptor 0, and then writes `answer`;
    /// see ``whenItReads(_:_:)``.
    public static func whenItReads(_ text: String, write answer: String) -> MemoryStep {
        .whenItReads(text, [.write(answer)])
    }
}

/// One process of a scripted child: the leader or one of its descendants.
final class MemoryMember {
    let pid: Int32
    /// Whether the process is in the child's process group and receives the signals to that group.
    let isInGroup: Bool
    var isAlive = true
    var ignored: Set<Signal> = []
    /// The numbers of the descriptors that the process has open.
    var open: Set<Int32>
    /// The steps that the process has not performed yet.
    var steps: ArraySlice<MemoryStep>
    /// Whether the process is performing the step ``MemoryStep/echoInput``.
    var isEchoing = false
    /// The text and the steps of ``MemoryStep/whenItReads(_:_:)``, while the process waits.
    var awaited: (text: [UInt8], steps: [MemoryStep])?
    /// Whether the process waits for room in a full pipe.
    var isBlocked = false
    /// Whether the process is performing the step ``MemoryStep/hang``.
    var isHanging = false
    /// The call that continues the script after a wait.
    var nextStep: DelayedCall?

    init(pid: Int32, open: Set<Int32>, isInGroup: Bool, _ steps: [MemoryStep]) {
        self.pid = pid
        self.open = open
        self.isInGroup = isInGroup
        self.steps = steps[...]
    }

    /// The signals that do not terminate a process by default.
    ///
    /// These are SIGCHLD to SIGURG (17 to 23 on Linux) and SIGWINCH (28), which a process ignores
    /// or which stop or resume it, and 0, which only tests whether a process exists. None of them
    /// has an effect on a scripted process.
    private static let harmless = Set(([0] + (17...23) + [28]).map { Signal(rawValue: $0) })

    /// Returns whether the process dies from `signal`; see signal(7), "Standard signals".
    func isEnded(by signal: Signal) -> Bool {
        if self.isHanging { return false }
        return signal == .kill || !(self.ignored.contains(signal) || Self.harmless.contains(signal))
    }
}

/// The execution of scripts.
extension MemoryProcess {
    /// Performs the steps of a process until the process has to wait or has terminated.
    func continueScript(of member: MemoryMember) {
        while member.isAlive, let step = member.steps.popFirst() {
            guard self.perform(step, of: member) else { return }
        }
        // After the last step, the process exits as if its main function had returned 0.
        if member.isAlive { self.end(member, .exited(code: 0)) }
    }

    /// Performs one step.
    ///
    /// - Returns: `true` if the step is complete, so that the next step follows immediately.
    private func perform(_ step: MemoryStep, of member: MemoryMember) -> Bool {
        switch step {
        case .write(let text, let number): return self.put(Array(text.utf8), number, step, member)
        case .writeBytes(let bytes, let number): return self.put(bytes, number, step, member)
        case .whenItReads(let text, let steps):
            member.awaited = (Array(text.utf8), steps)
            return self.matchInput(of: member)
        case .stopReading: self.isReading = false
        case .startReading: self.startReading()
        case .ignore(let signal): member.ignored.insert(signal)
        case .close(let number): self.close(number, of: member)
        case .start(let steps): self.start(steps, like: member, isInGroup: member.isInGroup)
        case .startDetached(let steps): self.start(steps, like: member, isInGroup: false)
        case .exit(let code): self.end(member, .exited(code: code))
        case .die(let signal): self.end(member, .signaled(signal, coreDumped: false))
        case .echoInput: return self.beginEcho(member)
        case .pause: return false
        case .hang:
            member.isHanging = true
            return false
        case .wait(let duration):
            member.nextStep = self.reactor.callLater(duration) { [weak self] in
                self?.continueScript(of: member)
            }
            return false
        }
        return true
    }

    /// Adds a process that inherits the streams and the ignored signals of `parent`.
    private func start(_ steps: [MemoryStep], like parent: MemoryMember, isInGroup: Bool) {
        let member = MemoryMember(
            pid: self.reactor.takePID(),
            open: parent.open,
            isInGroup: isInGroup,
            steps
        )
        member.ignored = parent.ignored
        self.members.append(member)
        member.nextStep = self.reactor.callLater(.zero) { [weak self] in
            self?.continueScript(of: member)
        }
    }

    // MARK: - The end of a process

    /// Ends one process of the child, and closes all descriptors that the process has open.
    func end(_ member: MemoryMember, _ exit: ProcessExit) {
        guard member.isAlive else { return }
        member.isAlive = false
        member.isEchoing = false
        member.awaited = nil
        member.isBlocked = false
        member.nextStep?.cancel()
        if member === self.members.first {
            self.report { $0.leaderExited(exit) }
            // When the leader of a session exits, the kernel sends SIGHUP to the foreground process
            // group of its controlling terminal (credentials(7), setsid(2)).
            if self.request.usesTerminal { self.deliverSignal(.hangup, to: .group) }
        }
        for number in member.open { self.close(number, of: member) }
    }

    /// Closes a descriptor of one process, and queues the end of the stream if no process has the
    /// stream open.
    private func close(_ number: Int32, of member: MemoryMember) {
        member.open.remove(number)
        let stream = self.request.streams.origin(of: number)
        if !self.streamsInUse.contains(stream) { self.report { $0.streamEnded(stream) } }
    }

    /// The streams that at least one live process has open.
    var streamsInUse: Set<Int32> {
        self.members.filter(\.isAlive).reduce(into: []) { streams, member in
            streams.formUnion(member.open.map { self.request.streams.origin(of: $0) })
        }
    }

    /// Delivers a signal to the leader or to the group; each receiving process dies from the signal
    /// unless it ignores the signal or the signal is harmless by default.
    func deliverSignal(_ signal: Signal, to target: SignalTarget) {
        let targets =
            target == .leader ? Array(self.members.prefix(1)) : self.members.filter(\.isInGroup)
        for member in targets where member.isAlive && member.isEnded(by: signal) {
            self.end(member, .signaled(signal, coreDumped: false))
        }
    }
}
