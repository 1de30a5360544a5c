// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CFloor

/// S3 KIND BYTES CHUNK CHILD: what is printed.
package struct OutputFigures: Sendable {
    private let expected: Int
    private let start = monotonic_seconds()
    private let cpu = cpu_seconds()

    package init(_ arguments: ScenarioArguments) {
        self.expected = arguments.number(1)
    }

    package func end(received: Int) {
        let elapsed = monotonic_seconds() - self.start
        if received != self.expected { fail("output was lost") }
        let gigabytes = Double(received) / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpu_seconds() - self.cpu) / gigabytes)
    }
}
