// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// What the members of the scripted tree do.
extension MemoryProcess {
    /// Goes on with a member's script.
    func goOn(_ member: MemoryMember) {
        while member.isAlive, let step = member.steps.popFirst() {
            guard self.perform(step, of: member) else { return }
        }
        // A script that runs out ends like a main function: with code 0.
        if member.isAlive { self.end(member, .exited(code: 0)) }
    }

    /// Whether the script goes on at once.
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

    private func beginEcho(_ member: MemoryMember) -> Bool {
        self.echoInput()
        guard self.request.usesTerminal || self.openWrites.contains(0) else { return true }
        member.isEchoing = true
        return false
    }

    /// Somebody reads what has come to the input, and writes it back.
    func echoInput() {
        let bytes = self.input
        self.input = []
        self.feed(bytes)
    }

    /// What was echoing has come to the end of its input.
    func endEchoes() {
        for member in self.members where member.isAlive && member.isEchoing {
            member.isEchoing = false
            self.goOn(member)
        }
    }

    // MARK: - The end of a member

    func end(_ member: MemoryMember, _ exit: ProcessExit) {
        guard member.isAlive else { return }
        member.isAlive = false
        member.isEchoing = false
        member.nextStep?.cancel()
        if member === self.members.first {
            self.report { $0.leaderExited(exit) }
            // A session that loses its leader loses its terminal (credentials(7)).
            if self.request.usesTerminal { self.deliverSignal(.hangup, to: .group) }
        }
        for number in member.open { self.close(number, of: member) }
    }

    private func close(_ number: Int32, of member: MemoryMember) {
        member.open.remove(number)
        let stream = self.request.streams.origin(of: number)
        if !self.heldStreams.contains(stream) { self.report { $0.streamEnded(stream) } }
    }

    /// The streams that somebody in the tree has open.
    var heldStreams: Set<Int32> {
        self.members.filter(\.isAlive).reduce(into: []) { held, member in
            held.formUnion(member.open.map { self.request.streams.origin(of: $0) })
        }
    }

    /// Does to the tree what the kernel does with a signal.
    func deliverSignal(_ signal: Signal, to target: SignalTarget) {
        let targets =
            target == .leader ? Array(self.members.prefix(1)) : self.members.filter(\.isInGroup)
        for member in targets where member.isAlive && member.isEnded(by: signal) {
            self.end(member, .signaled(signal, coreDumped: false))
        }
    }
}

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

/// One process of a scripted child's tree: its leader or something that it started.
final class MemoryMember {
    let pid: Int32
    let isInGroup: Bool
    var isAlive = true
    var ignored: Set<Signal> = []
    /// The child's descriptors that it has open.
    var open: Set<Int32>
    var steps: ArraySlice<MemoryStep>
    var isEchoing = false
    var nextStep: DelayedCall?

    init(pid: Int32, open: Set<Int32>, isInGroup: Bool, _ steps: [MemoryStep]) {
        self.pid = pid
        self.open = open
        self.isInGroup = isInGroup
        self.steps = steps[...]
    }

    /// The probe, SIGCHLD to SIGTTOU, SIGURG, SIGWINCH: they are ignored, or stop and resume.
    private static let harmless = Set(([0] + (17...23) + [28]).map { Signal(rawValue: $0) })

    /// Whether `signal` ends it: signal(7), the default actions.
    func isEnded(by signal: Signal) -> Bool {
        signal == .kill || !(self.ignored.contains(signal) || Self.harmless.contains(signal))
    }
}
