// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor
internal import Foundation
internal import PeerSupport
internal import Synchronization

/// What a child printed, and its inactivity timer.
final class Sleeper: Sendable {
    private struct State {
        var text: [UInt8] = []
        let timer: any DispatchSourceTimer

        init() {
            self.timer = DispatchSource.makeTimerSource(queue: Child.queue)
            self.timer.setEventHandler { fail("a child was silent for too long") }
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

    func end() -> [UInt8] {
        self.state.withLock { state in
            state.timer.cancel()
            return state.text
        }
    }
}
