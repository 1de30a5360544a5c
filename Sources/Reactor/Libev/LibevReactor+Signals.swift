// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

extension LibevReactor: ReactorSignals {
    /// Calls `body` on the loop when the process gets `signal`, instead of the previous action.
    ///
    /// A signal can be handled by only one reactor of the program. If this reactor already handles
    /// the signal, `body` replaces the previous closure. ``stopHandlingSignal(_:)`` restores the
    /// action that the signal had before, and so does the reactor when it shuts down. Several
    /// signals with the same number that arrive together may cause only one call (signal(7)).
    ///
    /// Before the call, the reactor handles the exits of all children that have exited by then. If
    /// the program is stopped, and a child exits and a signal arrives meanwhile, `body` therefore
    /// already finds the exit of the child.
    ///
    /// - Throws: ``SignalError`` with EINVAL if the signal cannot be caught, or with EBUSY if
    ///   another reactor handles it; ``ReactorHasShutDown`` after the end of the reactor.
    public func handleSignal(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws {
        self.requireReactorsThread()
        if self.state.isShutDown { throw ReactorHasShutDown() }
        do {
            let watch = try self.signals ?? SignalWatch(self)
            self.signals = watch
            try watch.handle(signal, body)
        } catch let error as SystemError {
            throw SignalError(signal: signal, errno: error.errno)
        }
    }

    /// Restores the action that the signal had before ``handleSignal(_:_:)``.
    ///
    /// If the reactor does not handle `signal`, the call has no effect.
    public func stopHandlingSignal(_ signal: Signal) {
        self.signals?.stopHandling(signal)
    }
}

/// The signals that a reactor handles on its loop.
///
/// The signal handler writes the number of the signal to a pipe, and the loop reads the number from
/// the pipe. When this object is destroyed, it restores the previous action of each signal.
final class SignalWatch: ReadinessTarget {
    // The reactor owns this object, so it is alive whenever the watcher calls.
    private unowned let reactor: LibevReactor
    private let readEnd: Descriptor
    private let writeEnd: Descriptor
    private var watcher: IOWatcher?
    private var handlers: [Int32: (Signal) -> Void] = [:]

    init(_ reactor: LibevReactor) throws(SystemError) {
        let ends = try Syscalls.pipe()
        self.reactor = reactor
        self.readEnd = Descriptor(owning: ends.read)
        self.writeEnd = Descriptor(owning: ends.write)
        super.init()
        // A signal handler must never block. The pipe has room for the numbers of 65,536 signals
        // that the loop has not read yet; further signals are lost.
        Syscalls.setNonBlocking(ends.read)
        Syscalls.setNonBlocking(ends.write)
        self.watcher = IOWatcher(reactor.loop, ends.read, .readable, target: self)
        self.watcher?.start()
    }

    deinit {
        for signal in self.handlers.keys { cspawn_unwatch_signal(signal) }
    }

    /// Installs a handler for `signal`, or replaces the closure of a signal that is
    /// already handled.
    func handle(_ signal: Signal, _ body: @escaping (Signal) -> Void) throws(SystemError) {
        if self.handlers[signal.rawValue] == nil {
            let code = cspawn_watch_signal(signal.rawValue, self.writeEnd.number)
            guard code == 0 else { throw SystemError(call: "sigaction", errno: -code) }
        }
        self.handlers[signal.rawValue] = body
    }

    /// The signals that are handled at present.
    var signals: [Signal] { self.handlers.keys.map { Signal(rawValue: $0) } }

    /// Restores the action that the signal had before ``handle(_:_:)``.
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
        self.reactor.handleExits()
        for number in received {
            guard let body = self.handlers[Int32(number)] else { continue }
            body(Signal(rawValue: Int32(number)))
        }
    }
}
