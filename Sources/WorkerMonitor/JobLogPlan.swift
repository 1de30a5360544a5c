// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// What is to follow the first half of a log.
struct JobLogPlan: Equatable {
    /// One thing to add to the log.
    enum Step: Equatable {
        /// A note.
        case note(JobLogNote)
        /// The line that says how many bytes were cut.
        case cut(Int64)
        /// Output, from an offset to an offset.
        case output(Range<Int64>)
    }

    /// What to add, in order.
    let steps: [Step]

    /// Plans to keep the newest output and all notes.
    ///
    /// - Parameters:
    ///   - available: the output that there is in parts.
    ///   - half: how much of the output the log has already, and how much of the newest to keep.
    ///   - notes: in the order in which they were made.
    init(available: Range<Int64>, half: Int64, notes: [JobLogNote]) {
        let start = Swift.max(available.lowerBound, available.upperBound - half)
        var steps = notes.filter { $0.offset < start }.map(Step.note)
        if start > half { steps.append(.cut(start - half)) }
        var reached = start
        for note in notes where note.offset >= start {
            let place = Swift.min(note.offset, available.upperBound)
            if place > reached { steps.append(.output(reached..<place)) }
            steps.append(.note(note))
            reached = Swift.max(reached, place)
        }
        if reached < available.upperBound { steps.append(.output(reached..<available.upperBound)) }
        self.steps = steps
    }
}
