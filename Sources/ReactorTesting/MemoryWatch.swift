// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Reactor

/// A watch on a descriptor of a memory reactor.
final class MemoryWatch: DescriptorWatch {
    let descriptor: Int32
    private let isReading: Bool
    private var isPaused = false
    private var body: (() -> Void)?
    private weak var reactor: MemoryReactor?

    init(_ reactor: MemoryReactor, _ descriptor: Int32, reading: Bool, _ body: @escaping () -> Void)
    {
        self.reactor = reactor
        self.descriptor = descriptor
        self.isReading = reading
        self.body = body
    }

    var isActive: Bool { self.body != nil && !self.isPaused }

    var isReady: Bool {
        self.isActive
            && self.reactor?.pipes[self.descriptor]?.isReady(
                self.descriptor,
                reading: self.isReading
            ) == true
    }

    func fire() {
        if let body = self.body { body() }
    }

    func pause() { self.isPaused = true }

    func resume() { self.isPaused = false }

    func remove() {
        self.body = nil
        self.reactor?.watches.removeAll { $0 === self }
    }
}
