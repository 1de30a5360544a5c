// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ProgramSupport
internal import Reactor

/// The outcome of an import that did not fail.
enum ImportOutcome: Equatable {
    /// The worker created the mirror with these refs, and without the refused ones.
    case cloned([RefChange], refused: [RefusedRef] = [])
    /// The worker updated the mirror, which changed these refs, but not the refused ones.
    case fetched([RefChange], refused: [RefusedRef] = [])

    /// The changes of the mirror.
    var changes: [RefChange] {
        switch self {
        case .cloned(let changes, _), .fetched(let changes, _): changes
        }
    }

    /// The refs of the source that the mirror could not get.
    var refused: [RefusedRef] {
        switch self {
        case .cloned(_, let refused), .fetched(_, let refused): refused
        }
    }

    /// The last line of the report.
    var summary: String {
        if self == .cloned([]) { return "The repository is empty: it has no refs yet." }
        let changes = RefChange.summary(self.changes)
        guard let refused = RefusedRef.summary(self.refused) else { return changes }
        return "\(changes)\(self.changes.isEmpty ? "" : ".") \(refused)"
    }

    /// The exit code of the worker.
    ///
    /// An import that leaves out refused refs is only a partial success. But it is no reason to
    /// import again at once: as long as nothing else changes, the next imports find nothing new.
    var exit: ProgramExitCode {
        if case .fetched([], _) = self { return .nothingNew }
        return self.refused.isEmpty ? .success : .partial
    }
}

/// The error of an import that failed.
struct ImportFailure: Error, Equatable {
    /// The exit code that reports the failure.
    let exit: ProgramExitCode
    /// The reason and the remedy, in full sentences for the operator.
    let sentence: String
    /// The signal that interrupted the import, or `nil` if the import failed by itself.
    var interruption: Signal?
    /// How long to wait before the next attempt in seconds, or `nil` if nobody has named a wait.
    let retryAfter: Int?
    /// The messages of git whose cause may be a damaged mirror.
    var evidence: [String] = []

    init(_ exit: ProgramExitCode, _ sentence: String, retryAfter: Int? = nil) {
        self.exit = exit
        self.sentence = sentence
        self.retryAfter = retryAfter
    }

    /// Writes the details of the failure to the file that a monitor has named, if there is one.
    ///
    /// Errors are ignored, because the exit code reports the result.
    func tellMonitor(mask: SecretMask) {
        guard let path = getenv(WorkerResult.fileVariable) else { return }
        let file = open(path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        let result = WorkerResult(
            retryAfter: self.retryAfter,
            sentence: mask.masked(self.sentence)
        )
        _ = result.line.withUnsafeBytes { writeAll($0, to: file) }
        close(file)
    }

    /// Returns the failure for a mirror whose files are damaged.
    static func damage(of mirror: String, _ symptom: String) -> ImportFailure {
        var failure = ImportFailure(
            .failure,
            "\(mirror) is damaged: \(symptom). Move it away; the next run clones the repository "
                + "again."
        )
        failure.evidence = ["\(mirror): \(symptom)"]
        return failure
    }
}
