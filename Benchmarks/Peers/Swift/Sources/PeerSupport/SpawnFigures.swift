// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor

/// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM: what comes before the children, and what is printed.
package struct SpawnFigures {
    package static let aliveAtATime = 8

    private let count: Int
    private let start: Double
    private let cpu: Double

    package init(_ arguments: ScenarioArguments) {
        self.count = arguments.number(0)
        raise_descriptor_limit()
        touch_memory(arguments.number(1) << 20)
        settle()
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()
    }

    package func end() {
        let elapsed = monotonic_seconds() - self.start
        report("S1", "cpu_us", (cpu_seconds() - self.cpu) / Double(self.count) * 1e6)
        report("S1", "rate", Double(self.count) / elapsed)
    }
}
