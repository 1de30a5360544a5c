// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// S5 COUNT: a thread calls on the reactor and waits for the answer, COUNT times.
final class ThreadScenario {
    private let reactor = LibevReactor()
    private let count: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run() {
        self.reactor.callWhenRunning {
            let answer = Semaphore()
            let handle = self.reactor.handle
            let count = self.count
            let knocking = self.reactor.deferToThread {
                let cpu = cpuSeconds()
                let start = monotonicSeconds()
                for _ in 0..<count {
                    handle.callFromThread { answer.post() }
                    answer.wait()
                }
                let elapsed = monotonicSeconds() - start
                report("S5", "us", elapsed / Double(count) * 1e6)
                report("S5", "cpu_us", (cpuSeconds() - cpu) / Double(count) * 1e6)
            }
            knocking.whenFired { _ in self.reactor.stop() }
        }
        self.reactor.run()
    }
}

/// The same semaphore as the floor uses.
///
/// `@unchecked Sendable`: sem_post(3) and sem_wait(3) are made for several threads, and nothing else touches it
/// until the last of them has let go.
private final class Semaphore: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<sem_t>

    init() {
        self.raw = .allocate(capacity: 1)
        sem_init(self.raw, 0, 0)
    }

    deinit {
        sem_destroy(self.raw)
        self.raw.deallocate()
    }

    func post() { sem_post(self.raw) }

    func wait() { while sem_wait(self.raw) != 0 {} }
}
