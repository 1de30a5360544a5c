// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Foundation
internal import Synchronization

/// A child that is over when it has exited and both pipes are at their end.
///
/// The pipes are read by dispatch sources. With `readabilityHandler`, the way that Foundation documents, three
/// of five runs of a thousand children ended by a segmentation fault, and one of three that read 2 GiB of a
/// single child did not end.
final class Child: Sendable {
    /// All that is told about children is told here, one after the other, as on a loop.
    static let queue = DispatchQueue(label: "children")

    private let onOutput: @Sendable (UnsafeRawBufferPointer) -> Void
    private let whenEnded: @Sendable () -> Void
    private let partsLeft = Atomic(3)

    /// Starts it; both closures are called on the queue.
    init(
        _ program: String,
        _ words: [String] = [],
        onOutput: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in },
        whenEnded: @escaping @Sendable () -> Void
    ) throws {
        self.onOutput = onOutput
        self.whenEnded = whenEnded
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { process in
            if process.terminationStatus != 0 { fail("a child did not end well") }
            Self.queue.async { self.partEnded() }
        }
        self.read(output)
        self.read(errors)
        try process.run()
    }

    private func partEnded() {
        if self.partsLeft.subtract(1, ordering: .relaxed).newValue == 0 { self.whenEnded() }
    }

    private func read(_ pipe: Pipe) {
        let handle = pipe.fileHandleForReading
        let descriptor = handle.fileDescriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: Self.queue)
        source.setEventHandler {
            if self.readAll(descriptor) { source.cancel() }
        }
        source.setCancelHandler {
            // Nobody else closes it.
            try? handle.close()
            self.partEnded()
        }
        source.resume()
    }

    /// Reads until nothing is left, and whether that is the end: once the other side has hung up, libdispatch
    /// tells no more of it.
    private func readAll(_ descriptor: CInt) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 16) { buffer in
            while true {
                let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
                if count <= 0 { return count == 0 }
                self.onOutput(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }
}
