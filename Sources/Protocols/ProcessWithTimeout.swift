// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// Captures what a process writes, and kills it at once, with SIGKILL, if it takes too long.
///
/// Not part of the monitor's chain of classes; for short helper commands whose answer is their
/// output.
public final class ProcessWithTimeout: ProcessProtocol, TimeoutMixin {
    /// The timer of ``TimeoutMixin``.
    public let timeoutState = TimeoutState()

    private let deferred: Deferred<ProcessOutput>
    private let timeout: Duration
    private let clock: any ReactorTime
    private let limit: Int
    private var out: [UInt8] = []
    private var err: [UInt8] = []
    private var isTruncated = false

    /// Makes a protocol.
    ///
    /// - Parameters:
    ///   - deferred: fires with the output if the process ends with code 0, fails with
    ///     ``ProcessFailed``
    ///     otherwise, also after a timeout (the exit is then a SIGKILL).
    ///   - timeout: how long the process may take in all.
    ///   - limit: how many bytes of each stream are kept; the first ones are.
    ///   - clock: nil: the reactor of the current thread.
    public init(
        deferred: Deferred<ProcessOutput>,
        timeout: Duration,
        limit: Int = 1 << 20,
        clock: (any ReactorTime)? = nil
    ) {
        self.deferred = deferred
        self.timeout = timeout
        self.limit = limit
        self.clock = clock ?? CurrentReactor.reactor
        super.init()
    }

    /// Schedules on the protocol's clock.
    public func callLater(_ delay: Duration, _ body: @escaping () -> Void) -> DelayedCall {
        self.clock.callLater(delay, body)
    }

    /// Starts the timer.
    public override func connectionMade() {
        self.setTimeout(self.timeout)
    }

    /// Keeps what fits.
    public override func outReceived(_ data: RawSpan) {
        self.keep(data, in: &self.out)
    }

    /// Keeps what fits.
    public override func errReceived(_ data: RawSpan) {
        self.keep(data, in: &self.err)
    }

    /// Kills the process and its group, unless they are gone.
    public func timeoutConnection() {
        try? self.transport?.signalProcess(.kill, to: .group)
    }

    /// Fires the deferred.
    public override func processEnded(_ end: ProcessEnd) {
        self.setTimeout(nil)
        let output = ProcessOutput(
            out: self.out,
            err: self.err,
            isTruncated: self.isTruncated,
            exit: end.exit
        )
        if end.exit.isSuccess {
            self.deferred.succeed(output)
        } else {
            self.deferred.fail(ProcessFailed(output: output))
        }
    }

    private func keep(_ data: RawSpan, in buffer: inout [UInt8]) {
        let room = self.limit - buffer.count
        data.withUnsafeBytes { buffer += $0.prefix(room) }
        if data.byteCount > room { self.isTruncated = true }
    }
}
