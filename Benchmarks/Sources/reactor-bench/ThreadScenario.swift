// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Reactor

/// S5 COUNT: a thread calls a function on the reactor and waits until it has run, COUNT times.
final class ThreadScenario {
    private let reactor = LibevReactor()
    private let count: Int

    init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
    }

    func run() {
        self.reactor.callWhenRunning {
            let reply = Semaphore()
            let handle = self.reactor.handle
            let count = self.count
            let calls = self.reactor.deferToThread {
                let cpu = cpuSeconds()
                let start = monotonicSeconds()
                for _ in 0..<count {
                    handle.callFromThread { reply.post() }
                    reply.wait()
                }
                let elapsed = monotonicSeconds() - start
                report("S5", "us", elapsed / Double(count) * 1e6)
                report("S5", "cpu_us", (cpuSeconds() - cpu) / Double(count) * 1e6)
            }
            calls.whenFired { _ in self.reactor.stop() }
        }
        self.reactor.run()
    }
}

/// A POSIX semaphore, which the floor uses too.
///
/// `@unchecked Sendable` is sound because sem_post(3) and sem_wait(3) are thread-safe, and only
/// `init` and `deinit` touch the semaphore in other ways, while no other thread has a reference.
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
