// swift-reactor
// SPDX-License-Identifier: Apache-2.0

extension LibevReactor: ReactorIO {
    /// Calls `body` in each turn in which `descriptor` can be read from; see ``ReactorIO``.
    public func addReader(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, .readable, body)
    }

    /// Calls `body` in each turn in which `descriptor` takes data; see ``ReactorIO``.
    public func addWriter(_ descriptor: Int32, _ body: @escaping () -> Void) -> any DescriptorWatch
    {
        self.watch(descriptor, .writable, body)
    }

    /// Removes every watch of ``addReader(_:_:)`` and ``addWriter(_:_:)``.
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
        require(
            descriptor >= 0,
            "Descriptor \(descriptor) is not open: a watch needs one that is."
        )
        let watch = LibevDescriptorWatch(self, descriptor, events, body)
        self.watches[ObjectIdentifier(watch)] = watch
        return watch
    }
}
