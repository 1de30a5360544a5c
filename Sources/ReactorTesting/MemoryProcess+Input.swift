// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor

/// The way of bytes from the reactor into a scripted child, and of its own bytes into full pipes.
extension MemoryProcess {
    /// The capacity of each pipe to and from a child, in bytes (pipe(7)).
    static let pipeCapacity = 64 * 1024

    // MARK: - From the reactor

    /// Moves queued bytes to the child, or into its pipe if the child does not read.
    ///
    /// - Returns: Whether bytes were queued and none is left.
    func flush(_ descriptor: Int32) -> Bool {
        guard let bytes = self.unflushed.removeValue(forKey: descriptor) else { return false }
        guard !self.isReading else {
            self.receive(bytes, from: descriptor)
            return true
        }
        let room = Self.pipeCapacity - self.held[descriptor, default: []].count
        self.held[descriptor, default: []] += bytes.prefix(room)
        guard bytes.count > room else { return true }
        self.unflushed[descriptor] = Array(bytes.dropFirst(room))
        return false
    }

    /// Makes the child stop reading, as the step ``MemoryStep/stopReading`` does.
    public func stopReading() { self.isReading = false }

    /// Makes the child read everything that was held back, and read again from now on.
    ///
    /// The call has no effect if the child reads already.
    public func startReading() {
        guard !self.isReading else { return }
        self.isReading = true
        let held = self.held
        self.held = [:]
        for (number, bytes) in held.sorted(by: { $0.key < $1.key }) {
            self.receive(bytes, from: number)
        }
        for number in self.unflushed.keys.sorted() {
            self.report { $0.writeBufferEmptied(number) }
        }
    }

    private func receive(_ bytes: [UInt8], from descriptor: Int32) {
        guard descriptor == 0 else { return }
        self.input += bytes
        for member in self.members where member.isAlive {
            if member.isEchoing { self.echoInput() }
            if member.awaited != nil, self.matchInput(of: member) {
                self.continueScript(of: member)
            }
        }
    }

    /// Consumes the text that a process waits for, if it has arrived, and puts the steps for it in
    /// front of the script.
    ///
    /// - Returns: Whether the text has arrived or can no longer arrive, so that the
    ///   script continues.
    func matchInput(of member: MemoryMember) -> Bool {
        guard let awaited = member.awaited else { return true }
        if let end = self.input.endOfFirst(awaited.text) {
            self.input.removeFirst(end)
            member.awaited = nil
            member.steps = (awaited.steps + member.steps)[...]
            return true
        }
        guard self.request.usesTerminal || self.openWrites.contains(0) else {
            member.awaited = nil
            return true
        }
        return false
    }

    /// Starts the step ``MemoryStep/echoInput``.
    ///
    /// - Returns: `true` if the input is already closed, so that the next step follows immediately.
    func beginEcho(_ member: MemoryMember) -> Bool {
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

    /// Ends the steps that wait for input of all processes, because the input is closed.
    func endInput() {
        for member in self.members
        where member.isAlive && (member.isEchoing || member.awaited != nil) {
            member.isEchoing = false
            member.awaited = nil
            self.continueScript(of: member)
        }
    }

    // MARK: - From the child

    /// Performs a step that writes, or blocks the process if the protocol has paused a full pipe.
    ///
    /// - Returns: Whether the step is complete.
    func put(_ bytes: [UInt8], _ number: Int32, _ step: MemoryStep, _ member: MemoryMember) -> Bool
    {
        let stream = self.request.streams.origin(of: number)
        let waiting = self.undelivered.reduce(0) { $0 + ($1.number == stream ? $1.bytes.count : 0) }
        if self.isPaused, waiting + bytes.count > Self.pipeCapacity, waiting > 0 {
            member.steps = ([step] + member.steps)[...]
            member.isBlocked = true
            return false
        }
        self.feed(bytes, to: number)
        return true
    }

    /// Continues the processes that were blocked, because the protocol has received the output.
    func unblock() {
        for member in self.members where member.isAlive && member.isBlocked {
            member.isBlocked = false
            self.continueScript(of: member)
        }
    }
}

extension [UInt8] {
    /// The index after the first occurrence of `text`, or `nil`.
    fileprivate func endOfFirst(_ text: [UInt8]) -> Int? {
        guard text.count <= self.count else { return nil }
        for start in 0...(self.count - text.count)
        where self[start..<(start + text.count)].elementsEqual(text) {
            return start + text.count
        }
        return nil
    }
}
