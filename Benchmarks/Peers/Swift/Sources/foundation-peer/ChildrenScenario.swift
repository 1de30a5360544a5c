// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Foundation
internal import PeerSupport
internal import Synchronization

/// S4 COUNT SECONDS CHILD: runs COUNT children at the same time, each with two pipes and an
/// inactivity timer; each sleeps and exits.
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

/// The output of a child, and its inactivity timer.
final class Sleeper: Sendable {
    private struct State {
        var text: [UInt8] = []
        let timer: any DispatchSourceTimer

        init() {
            self.timer = DispatchSource.makeTimerSource(queue: Child.queue)
            self.timer.setEventHandler {
                fail("a child wrote nothing until the inactivity timeout")
            }
            self.restart()
            self.timer.resume()
        }

        func restart() {
            let limit = ChildrenFigures.inactivityLimit / .seconds(1)
            self.timer.schedule(deadline: .now() + limit)
        }
    }

    private let state = Mutex(State())

    func received(_ data: UnsafeRawBufferPointer) {
        self.state.withLock { state in
            state.restart()
            state.text.append(contentsOf: data)
        }
    }

    /// Cancels the timer and returns the output.
    func end() -> [UInt8] {
        self.state.withLock { state in
            state.timer.cancel()
            return state.text
        }
    }
}
