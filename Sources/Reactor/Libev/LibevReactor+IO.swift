// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorIO {
    /// Calls `body` in each turn in which `descriptor` is readable; see ``ReactorIO``.
    public func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, .readable, body)
    }

    /// Calls `body` in each turn in which `descriptor` is writable; see ``ReactorIO``.
    public func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, .writable, body)
    }

    /// Removes every watch that ``addReader(_:_:)`` and ``addWriter(_:_:)`` made.
    ///
    /// - Returns: The descriptors that were watched. None of them is closed.
    @discardableResult
    public func removeAllWatches() -> Set<Int32> {
        let removed = Set(self.watches.values.map(\.descriptor))
        for watch in Array(self.watches.values) { watch.remove() }
        return removed
    }

    private func watch(
        _ descriptor: Int32,
        _ events: IOWatcher.Events,
        _ body: @escaping () -> Void
    ) -> any DescriptorWatch {
        self.requireReactorsThread()
        require(
            Syscalls.isOpen(descriptor),
            "Descriptor \(descriptor) is not open; only an open descriptor can be watched."
        )
        let watch = LibevDescriptorWatch(self, descriptor, events, body)
        if self.state.isShutDown {
            watch.remove()
        } else {
            self.watches[ObjectIdentifier(watch)] = watch
        }
        return watch
    }
}

/// A watch that `addReader` or `addWriter` made on a libev reactor.
final class LibevDescriptorWatch: ReadinessTarget, DescriptorWatch {
    let descriptor: Int32
    /// The watcher, or `nil` once the watch has been removed.
    private var watcher: IOWatcher?
    private var body: (() -> Void)?
    // The reference is weak and not unowned, because a reactor removes its watches in its
    // deinitializer, where an unowned reference to the reactor is no longer valid.
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
