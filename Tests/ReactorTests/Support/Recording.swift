// swift-reactor
// SPDX-License-Identifier: Apache-2.0

import Reactor
import Synchronization
import Testing

/// A process protocol that records all of its calls, and calls closures that a test can set.
final class RecordingProtocol: ProcessProtocol {
    /// A call of the reactor, with the descriptor or the exit that it was about.
    enum Event: Equatable {
        case made
        case data(Int32)
        case emptied(Int32)
        case lost(Int32)
        case exited(ProcessExit)
        case ended
    }

    private(set) var events: [Event] = []
    /// All bytes that were received, by descriptor.
    private(set) var output: [Int32: [UInt8]] = [:]
    /// The argument of `processEnded`, or `nil` before that call.
    private(set) var end: ProcessEnd?

    var onMade: (any ProcessTransport) -> Void = { _ in }
    var onData: (Int32) -> Void = { _ in }
    var onEmptied: (Int32) -> Void = { _ in }
    var onLost: (Int32) -> Void = { _ in }
    var onExited: (ProcessExit) -> Void = { _ in }
    var onEnded: (ProcessEnd) -> Void = { _ in }

    override init() {}

    /// Makes a protocol that stops `reactor` when the process has ended.
    init(stopping reactor: any ReactorCore) {
        super.init()
        self.onEnded = { [weak reactor] _ in reactor?.stop() }
    }

    /// The bytes that were received from a descriptor, as text.
    func text(_ descriptor: Int32 = 1) -> String {
        String(decoding: self.output[descriptor, default: []], as: UTF8.self)
    }

    /// The events, where consecutive data events of one descriptor count as one.
    var story: [Event] {
        self.events.reduce(into: []) { story, event in
            if case .data = event, story.last == event { return }
            story.append(event)
        }
    }

    /// Releases the closures of the test, which often capture this protocol or its reactor.
    ///
    /// Without this step such a cycle would never be released.
    private func removeClosures() {
        self.onMade = { _ in }
        self.onData = { _ in }
        self.onEmptied = { _ in }
        self.onLost = { _ in }
        self.onExited = { _ in }
        self.onEnded = { _ in }
    }

    override func connectionMade() {
        self.events.append(.made)
        if let transport = self.transport { self.onMade(transport) }
    }

    override func childDataReceived(_ data: RawSpan, from descriptor: Int32) {
        self.events.append(.data(descriptor))
        data.withUnsafeBytes { self.output[descriptor, default: []] += $0 }
        super.childDataReceived(data, from: descriptor)
        self.onData(descriptor)
    }

    override func childWriteBufferEmptied(_ descriptor: Int32) {
        self.events.append(.emptied(descriptor))
        self.onEmptied(descriptor)
    }

    override func childConnectionLost(_ descriptor: Int32) {
        self.events.append(.lost(descriptor))
        super.childConnectionLost(descriptor)
        self.onLost(descriptor)
    }

    override func processExited(_ exit: ProcessExit) {
        self.events.append(.exited(exit))
        self.onExited(exit)
    }

    override func processEnded(_ end: ProcessEnd) {
        self.events.append(.ended)
        self.end = end
        let onEnded = self.onEnded
        self.removeClosures()
        onEnded(end)
    }
}

/// A list of notes in the order in which they were made; all threads can add to it.
final class Notes: Sendable {
    private let notes = Mutex<[(text: String, time: Duration)]>([])

    var texts: [String] { self.notes.withLock { $0.map(\.text) } }
    var times: [Duration] { self.notes.withLock { $0.map(\.time) } }

    func add(_ text: String, at time: Duration = .zero) {
        self.notes.withLock { $0.append((text, time)) }
    }

    /// Adds a note with the time of the current reactor.
    func addHere(_ text: String) { self.add(text, at: CurrentReactor.reactor.now) }
}

extension ExitTest.Result? {
    /// Whether the process of the exit test wrote `message` to its standard error.
    func said(_ message: String) -> Bool {
        guard let self else { return false }
        return String(decoding: self.standardErrorContent, as: UTF8.self).contains(message)
    }
}
