// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Steady counts of the hot paths, which say more than times on a machine that others use too.
///
/// A scenario is run at two sizes. What the larger one takes more, divided by how much larger it is, is what
/// one of its things takes: what happens once does not count.
struct Counting {
    private let programs: Programs

    init(_ programs: Programs) {
        self.programs = programs
    }

    /// Prints the counts and gives how many were not what was promised.
    func run() throws -> Int {
        let ours = try CountedProgram(self.programs.ours)
        let floor = try CountedProgram(self.programs.floor)
        var misses = 0
        say("path count ours floor bar")
        for path in CountedPath.all(self.programs) {
            for count in path.counts {
                let own = self.each(path, count, ours)
                let least = path.isOnFloor ? self.each(path, count, floor) : nil
                let isPromised = count == .allocations && path.isFreeOfAllocations
                // Less than one in a hundred is a buffer that grows, not the path.
                let isKept = !isPromised || own.map { $0 < 0.01 } ?? false
                if !isKept { misses += 1 }
                let bar = !isPromised ? "-" : isKept ? "0 ok" : "0 MISS"
                say(path.name, count.rawValue, Self.text(own), Self.text(least), bar)
            }
        }
        return misses
    }

    private func each(_ path: CountedPath, _ count: Count, _ program: CountedProgram) -> Double? {
        do {
            let small = try self.total(path, count, program, path.size)
            let large = try self.total(path, count, program, path.size * 3)
            return (large.count - small.count) / (large.times - small.times)
        } catch {
            say("# \(path.name) \(count.rawValue): \(error)")
            return nil
        }
    }

    private func total(
        _ path: CountedPath,
        _ count: Count,
        _ program: CountedProgram,
        _ size: Int
    ) throws -> (count: Double, times: Double) {
        let (total, run) = try count.total(of: program, path.arguments(size), self.programs)
        return (total, try path.metric.map { try run.value($0) } ?? Double(size))
    }

    private static func text(_ value: Double?) -> String {
        guard let value else { return "-" }
        // A handful more or less in a million is what happens once.
        let shown = abs(value) < 0.005 ? 0 : value
        return String(format: shown < 100 ? "%.2f" : "%.0f", shown)
    }
}
