// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// Signals of the process that are handled on the loop, through a pipe; ends with its last
/// reference.
final class SignalWatch: ReadinessTarget {
    private let readEnd: Descriptor
    private let writeEnd: Descriptor
    private var watcher: IOWatcher?
    private var handlers: [Int32: (Signal) -> Void] = [:]

    init(_ loop: EventLoop) throws(SystemError) {
        let ends = try Syscalls.pipe()
        self.readEnd = Descriptor(owning: ends.read)
        self.writeEnd = Descriptor(owning: ends.write)
        super.init()
        // The handler must never block; a full pipe holds 64 Ki signals that were not looked at
        // yet.
        Syscalls.setNonBlocking(ends.read)
        Syscalls.setNonBlocking(ends.write)
        self.watcher = IOWatcher(loop, ends.read, .readable, target: self)
        self.watcher?.start()
    }

    deinit {
        for signal in self.handlers.keys { cspawn_unwatch_signal(signal) }
    }

    /// Begins to handle `signal`, or handles it differently.
    func handle(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws(SystemError) {
        if self.handlers[signal.rawValue] == nil {
            let code = cspawn_watch_signal(signal.rawValue, self.writeEnd.number)
            guard code == 0 else { throw SystemError(call: "sigaction", errno: -code) }
        }
        self.handlers[signal.rawValue] = body
    }

    /// Puts back what was there before.
    func stopHandling(_ signal: Signal) {
        guard self.handlers.removeValue(forKey: signal.rawValue) != nil else { return }
        cspawn_unwatch_signal(signal.rawValue)
    }

    override func descriptorIsReady() {
        var received: [UInt8] = []
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            if case .bytes(let count) = Syscalls.read(self.readEnd.number, into: buffer) {
                received = Array(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        for number in received {
            guard let body = self.handlers[Int32(number)] else { continue }
            body(Signal(rawValue: Int32(number)))
        }
    }
}
