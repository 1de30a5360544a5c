// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// All that is known when a process is over: handed to ``ProcessProtocol/processEnded(_:)``.
public struct ProcessEnd: Sendable, Hashable {
    /// How the process itself ended.
    public var exit: ProcessExit

    /// Streams of the child that were closed although others still had them open, so that what they
    /// write from then on is lost.
    ///
    /// What the process itself wrote is never cut.
    public var cutStreams: [Int32]

    /// Members of the process group that were still alive at the end, as far as they could be
    /// named.
    public var survivors: [ProcessSurvivor]

    /// Signals that the exit policy sent to the rest of the group after the process had ended.
    public var signalsToGroup: [SentSignal]

    /// What it used; nil where somebody else reaped it.
    public var usage: ResourceUsage?

    /// Makes an end; tests and fakes do.
    public init(
        exit: ProcessExit,
        cutStreams: [Int32] = [],
        survivors: [ProcessSurvivor] = [],
        signalsToGroup: [SentSignal] = [],
        usage: ResourceUsage? = nil
    ) {
        self.exit = exit
        self.cutStreams = cutStreams
        self.survivors = survivors
        self.signalsToGroup = signalsToGroup
        self.usage = usage
    }
}
