// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// A descriptor of a user's that is watched on a libev loop.
final class LibevDescriptorWatch: ReadinessTarget, DescriptorWatch {
    let descriptor: Int32
    // Set in init, after `self` exists; nil once removed.
    private var watcher: IOWatcher?
    private var body: (() -> Void)?
    // Weak, because a reactor that is released removes its watches in its deinit, where unowned is
    // gone already.
    private weak let reactor: LibevReactor?

    init(
        _ reactor: LibevReactor,
        _ descriptor: Int32,
        _ events: IOWatcher.Events,
        _ body: @escaping () -> Void
    ) {
        self.descriptor = descriptor
        self.reactor = reactor
        self.body = body
        super.init()
        self.watcher = IOWatcher(reactor.loop, descriptor, events, target: self)
        self.watcher?.start()
    }

    override func descriptorIsReady() {
        if let body = self.body { body() }
    }

    var isActive: Bool { self.watcher?.isActive ?? false }

    func pause() { self.watcher?.stop() }

    func resume() { self.watcher?.start() }

    func remove() {
        guard self.body != nil else { return }
        self.watcher = nil
        self.body = nil
        self.reactor?.watches[ObjectIdentifier(self)] = nil
    }
}
