// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// One step in the script of a child of a ``MemoryReactor``.
///
/// A script is an array of steps, which are done in order. A child whose script has no step left
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
    /// Output to a descriptor that the child does not have open, or that we no longer read, is
    /// lost. No pipe is ever full.
    case write(String, to: Int32 = 1)

    /// Writes bytes to a descriptor of the child; see ``write(_:to:)``.
    case writeBytes([UInt8], to: Int32 = 1)

    /// Waits until a time has passed on the clock of the reactor.
    case wait(Duration)

    /// Ignores a signal from now on.
    ///
    /// SIGKILL ends the child even if it is ignored. Processes that are started later inherit
    /// the setting.
    case ignore(Signal)

    /// Closes a descriptor of the child.
    ///
    /// The stream ends once no process of the child has it open.
    case close(Int32)

    /// Starts another process, which follows a script of its own.
    ///
    /// It has the same streams open, is in the same process group, and begins in the next turn.
    case start([MemoryStep])

    /// Starts another process in a session of its own, so that signals to the group do not
    /// reach it.
    case startDetached([MemoryStep])

    /// Writes to descriptor 1 all that arrives at descriptor 0, until descriptor 0 is closed.
    ///
    /// On a terminal it goes on until a signal ends the child.
    case echoInput

    /// Does nothing until a signal ends the child.
    case pause

    /// Exits with a code from 0 to 255.
    case exit(Int32)

    /// Dies from a signal, even from one that is ignored.
    case die(Signal)
}

/// One process of a scripted child: the leader, or a process that was started by it.
final class MemoryMember {
    let pid: Int32
    /// Whether signals to the child's process group reach it.
    let isInGroup: Bool
    var isAlive = true
    var ignored: Set<Signal> = []
    /// The descriptors that it has open, by the numbers that the child uses.
    var open: Set<Int32>
    /// The steps that are still to be done.
    var steps: ArraySlice<MemoryStep>
    /// Whether its current step is ``MemoryStep/echoInput``.
    var isEchoing = false
    /// The call that continues the script after a wait.
    var nextStep: DelayedCall?

    init(pid: Int32, open: Set<Int32>, isInGroup: Bool, _ steps: [MemoryStep]) {
        self.pid = pid
        self.open = open
        self.isInGroup = isInGroup
        self.steps = steps[...]
    }

    /// The signals that end no process by default, by their numbers on Linux: 0, which only tests
    /// whether a process exists, SIGCHLD to SIGURG, and SIGWINCH.
    ///
    /// The kernel ignores them, or stops or resumes the process; here they all have no effect.
    private static let harmless = Set(([0] + (17...23) + [28]).map { Signal(rawValue: $0) })

    /// Whether the process dies from `signal`; see signal(7), "Standard signals".
    func isEnded(by signal: Signal) -> Bool {
        signal == .kill || !(self.ignored.contains(signal) || Self.harmless.contains(signal))
    }
}

/// The execution of scripts.
extension MemoryProcess {
    /// Does the steps of a member until it has to wait, or has ended.
    func goOn(_ member: MemoryMember) {
        while member.isAlive, let step = member.steps.popFirst() {
            guard self.perform(step, of: member) else { return }
        }
        // After the last step the process exits as if its main function had returned 0.
        if member.isAlive { self.end(member, .exited(code: 0)) }
    }

    /// Does one step.
    ///
    /// - Returns: Whether the next step follows at once.
    private func perform(_ step: MemoryStep, of member: MemoryMember) -> Bool {
        switch step {
        case .write(let text, let number): self.feed(text, to: number)
        case .writeBytes(let bytes, let number): self.feed(bytes, to: number)
        case .ignore(let signal): member.ignored.insert(signal)
        case .close(let number): self.close(number, of: member)
        case .start(let steps): self.start(steps, like: member, isInGroup: member.isInGroup)
        case .startDetached(let steps): self.start(steps, like: member, isInGroup: false)
        case .exit(let code): self.end(member, .exited(code: code))
        case .die(let signal): self.end(member, .signaled(signal, coreDumped: false))
        case .echoInput: return self.beginEcho(member)
        case .pause: return false
        case .wait(let duration):
            member.nextStep = self.reactor.callLater(duration) { [weak self] in self?.goOn(member) }
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
        member.nextStep = self.reactor.callLater(.zero) { [weak self] in self?.goOn(member) }
    }

    // MARK: - Input

    /// Starts the step ``MemoryStep/echoInput``.
    ///
    /// - Returns: Whether the input is closed already, so that the next step follows at once.
    private func beginEcho(_ member: MemoryMember) -> Bool {
        self.echoInput()
        guard self.request.usesTerminal || self.openWrites.contains(0) else { return true }
        member.isEchoing = true
        return false
    }

    /// Consumes the bytes that have arrived at the input and writes them to descriptor 1.
    func echoInput() {
        let bytes = self.input
        self.input = []
        self.feed(bytes)
    }

    /// Continues all members that echo, because their input is at its end.
    func endEchoes() {
        for member in self.members where member.isAlive && member.isEchoing {
            member.isEchoing = false
            self.goOn(member)
        }
    }

    // MARK: - The end of a member

    /// Ends a member, and closes all that it has open.
    func end(_ member: MemoryMember, _ exit: ProcessExit) {
        guard member.isAlive else { return }
        member.isAlive = false
        member.isEchoing = false
        member.nextStep?.cancel()
        if member === self.members.first {
            self.report { $0.leaderExited(exit) }
            // When the leader of a session exits, the kernel sends SIGHUP to the foreground process
            // group of its controlling terminal (credentials(7), setsid(2)).
            if self.request.usesTerminal { self.deliverSignal(.hangup, to: .group) }
        }
        for number in member.open { self.close(number, of: member) }
    }

    /// Closes a descriptor of one member.
    private func close(_ number: Int32, of member: MemoryMember) {
        member.open.remove(number)
        let stream = self.request.streams.origin(of: number)
        if !self.heldStreams.contains(stream) { self.report { $0.streamEnded(stream) } }
    }

    /// The streams that at least one live member has open.
    var heldStreams: Set<Int32> {
        self.members.filter(\.isAlive).reduce(into: []) { held, member in
            held.formUnion(member.open.map { self.request.streams.origin(of: $0) })
        }
    }

    /// Delivers a signal as the kernel would: members that do not ignore it die from it.
    func deliverSignal(_ signal: Signal, to target: SignalTarget) {
        let targets =
            target == .leader ? Array(self.members.prefix(1)) : self.members.filter(\.isInGroup)
        for member in targets where member.isAlive && member.isEnded(by: signal) {
            self.end(member, .signaled(signal, coreDumped: false))
        }
    }
}
