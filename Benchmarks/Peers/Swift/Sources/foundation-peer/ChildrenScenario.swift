// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Foundation
internal import PeerSupport

/// S4 COUNT SECONDS CHILD: COUNT children at once, each with two pipes and an inactivity timer, that sleep and
/// end.
struct ChildrenScenario {
    private let arguments: ScenarioArguments

    init(_ arguments: ScenarioArguments) {
        self.arguments = arguments
    }

    func run() throws {
        raise_descriptor_limit()
        let warm = try self.start(ChildrenFigures.warmUpChildren, seconds: "0").ended
        warm.wait()
        let (figures, ended) = try self.start(
            self.arguments.number(0),
            seconds: self.arguments.text(1)
        )
        Thread.sleep(forTimeInterval: ChildrenFigures.idleBegins / .seconds(1))
        figures.idleBegins()
        Thread.sleep(forTimeInterval: ChildrenFigures.idleLength / .seconds(1))
        figures.idleEnds()
        ended.wait()
        figures.end()
    }

    private func start(
        _ count: Int,
        seconds: String
    ) throws -> (figures: ChildrenFigures, ended: DispatchSemaphore) {
        let program = self.arguments.text(2)
        let figures = ChildrenFigures(count)
        let ended = DispatchSemaphore(value: 0)
        for _ in 0..<count {
            let sleeper = Sleeper()
            _ = try Child(program, ["sleep", seconds]) { data in
                sleeper.received(data)
            } whenEnded: {
                if figures.ended(sleeper.end()) { ended.signal() }
            }
        }
        return (figures, ended)
    }
}
