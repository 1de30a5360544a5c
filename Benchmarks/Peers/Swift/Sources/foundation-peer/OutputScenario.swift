// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import PeerSupport
internal import Synchronization

/// S3 KIND BYTES CHUNK CHILD: reads what a child writes.
struct OutputScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() throws {
        let words = ["blast", self.arguments.text(1), self.arguments.text(2)]
        let ended = DispatchSemaphore(value: 0)
        let received = Counter()
        let figures = OutputFigures(self.arguments)
        _ = try Child(self.arguments.text(3), words) { data in
            received.value.add(data.count, ordering: .relaxed)
        } whenEnded: {
            ended.signal()
        }
        ended.wait()
        figures.end(received: received.value.load(ordering: .relaxed))
    }
}

/// An atomic that a closure can hold.
private final class Counter: Sendable {
    let value = Atomic(0)
}
