// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// How much one pipe of a child holds: more, once its writer was found waiting for us again and
/// again.
///
/// A pipe that is full whenever it is read moves in lockstep: the writer fills it, the reader
/// empties it, and each waits for the other.
struct PipeCapacity {
    /// How many reads in a row have to find the pipe full.
    private static let fullReadsToEnlarge: UInt8 = 8

    private var fullReads: UInt8 = 0
    private var enlarged: EnlargedPipe?

    /// So much was read from `pipe` at once.
    mutating func hasRead(
        _ count: Int,
        from pipe: Int32,
        _ queue: DelayedCallQueue,
        _ budget: PipeBudget = .ofProcess
    ) {
        if let enlarged = self.enlarged, enlarged.isLarge { return enlarged.resetTimeout() }
        guard count == EnlargedPipe.bornCapacity else { return self.fullReads = 0 }
        self.fullReads += 1
        guard self.fullReads == Self.fullReadsToEnlarge else { return }
        self.fullReads = 0
        self.enlarged = EnlargedPipe(pipe, queue, budget)
    }

    /// The pipe is about to be closed.
    mutating func pipeCloses() {
        self.enlarged = nil
    }
}
