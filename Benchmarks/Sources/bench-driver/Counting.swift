// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Counts what the hot paths cost in instructions, system calls and allocations.
///
/// On a machine that other work shares, these counts are more reliable than times. Each scenario
/// runs with two sizes. The difference of the two counts, divided by the difference of the sizes,
/// is the cost of one repetition: whatever happens only once, such as the start of the program,
/// cancels out.
struct Counting {
    private let programs: Programs

    init(_ programs: Programs) {
        self.programs = programs
    }

    /// Prints the counts and returns how many broke the promise that a path does not allocate.
    func run() throws -> Int {
        let ours = try CountedProgram(self.programs.ours)
        let floor = try CountedProgram(self.programs.floor)
        var misses = 0
        printLine("path count ours floor bar")
        for path in CountedPath.all(self.programs) {
            for count in path.counts {
                let own = self.each(path, count, ours)
                let least = path.isOnFloor ? self.each(path, count, floor) : nil
                let isPromised = count == .allocations && path.isFreeOfAllocations
                // Less than one allocation in a hundred repetitions is the growth of a buffer.
                let isKept = !isPromised || own.map { $0 < 0.01 } ?? false
                if !isKept { misses += 1 }
                let bar = !isPromised ? "-" : isKept ? "0 ok" : "0 MISS"
                printLine(path.name, count.rawValue, Self.text(own), Self.text(least), bar)
            }
        }
        return misses
    }

    /// Returns the count of one repetition, or `nil` after it has printed why it cannot be counted.
    private func each(_ path: CountedPath, _ count: Count, _ program: CountedProgram) -> Double? {
        do {
            let small = try self.total(path, count, program, path.size)
            let large = try self.total(path, count, program, path.size * 3)
            return (large.count - small.count) / (large.times - small.times)
        } catch {
            printLine("# \(path.name) \(count.rawValue): \(error)")
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
        // Two runs of a program may differ by a few calls at its start. Divided by the number of
        // repetitions, that difference is a small number which is not a cost of the path.
        let shown = abs(value) < 0.005 ? 0 : value
        return String(format: shown < 100 ? "%.2f" : "%.0f", shown)
    }
}

/// A hot path whose costs are counted.
struct CountedPath {
    let name: String
    /// Whether the floor implements the scenario too.
    var isOnFloor = true
    var counts: [Count] = [.instructions, .systemCalls, .allocations]
    /// The size of the smaller run; the larger run has three times this size.
    let size: Int
    /// The metric that contains the number of repetitions, or `nil` if the size is that number.
    var metric: String?
    /// Whether the path must not allocate.
    var isFreeOfAllocations = false
    /// Returns the arguments that run the scenario with a size.
    let arguments: (Int) -> [String]

    static func all(_ programs: Programs) -> [CountedPath] {
        [
            // All timers are due within a millisecond, so the turns of the loop are few.
            CountedPath(name: "timer", size: 50_000, isFreeOfAllocations: true) {
                ["S2", "\($0)", "1"]
            },
            CountedPath(name: "cancelled_timer", size: 50_000, isFreeOfAllocations: true) {
                ["S2b", "\($0)", "1000"]
            },
            CountedPath(name: "reset", size: 1_000_000, isFreeOfAllocations: true) {
                ["S2c", "\($0)"]
            },
            CountedPath(name: "turn", size: 20_000, isFreeOfAllocations: true) {
                ["turns", "\($0)"]
            },
            CountedPath(name: "chain_of_ten", size: 20_000) { ["S6", "\($0)"] },
            // Without instructions: the time that the loop waits for the child varies, and with it
            // the number of turns.
            CountedPath(
                name: "output_chunk",
                counts: [.systemCalls, .allocations],
                size: 128 << 20,
                metric: "reads",
                isFreeOfAllocations: true
            ) { ["S3", "pipe", "\($0)", "65536", programs.child] },
            CountedPath(name: "monitored_chunk", size: 1_000_000, isFreeOfAllocations: true) {
                ["S6b", "\($0)", "64"]
            },
            CountedPath(name: "heartbeat", isOnFloor: false, size: 500) {
                ["heartbeats", "\($0)"]
            },
            // Without instructions: callgrind does not support the clone3 call of a spawn.
            CountedPath(name: "spawn", counts: [.systemCalls, .allocations], size: 200) {
                ["S1", "\($0)", "0", "0", "/bin/true"]
            },
        ]
    }
}

/// A program whose instructions, system calls and allocations are counted.
struct CountedProgram {
    let path: String
    /// The path of a copy without debug information.
    ///
    /// Older versions of callgrind fail on the debug information of newer compilers.
    let stripped: String

    init(_ path: String) throws {
        self.path = path
        self.stripped = path + ".stripped"
        _ = try Measurement(["strip", "-o", self.stripped, path])
    }
}

/// A kind of event whose number does not depend on how busy the machine is.
enum Count: String {
    /// The instructions of the program in user mode, as callgrind counts them.
    case instructions
    /// The system calls of the program, without those of its children.
    case systemCalls = "system_calls"
    /// The calls of `malloc` and its relatives.
    case allocations

    /// Runs a program and returns the number of events from its start to its end.
    func total(
        of program: CountedProgram,
        _ arguments: [String],
        _ programs: Programs
    ) throws -> (count: Double, measurement: Measurement) {
        switch self {
        case .instructions:
            let tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
            let measurement = try Measurement(tool + [program.stripped] + arguments)
            return (try Self.number(after: "Collected : ", in: measurement), measurement)
        case .systemCalls:
            // Without the option -f, strace does not follow children.
            let tool = ["strace", "-c", "-U", "calls,name"]
            let measurement = try Measurement(tool + [program.path] + arguments)
            return (try Self.sumOfCalls(measurement), measurement)
        case .allocations:
            let measurement = try Measurement(
                [program.path] + arguments,
                environment: ["LD_PRELOAD": programs.allocationCounter]
            )
            return (try measurement.value("allocations"), measurement)
        }
    }

    private static func number(after label: String, in measurement: Measurement) throws -> Double {
        let text = measurement.errorOutput
        guard let range = text.firstRange(of: label),
            let number = Double(text[range.upperBound...].prefix { $0.isNumber })
        else { throw Measurement.Failure(description: "callgrind printed no \"\(label)\"") }
        return number
    }

    /// Returns the sum in the last line of strace's table, which ends in the word "total".
    private static func sumOfCalls(_ measurement: Measurement) throws -> Double {
        for line in measurement.errorOutput.split(separator: "\n") where line.hasSuffix(" total") {
            if let word = line.split(separator: " ").first, let number = Double(word) {
                return number
            }
        }
        throw Measurement.Failure(description: "strace printed no total of the calls")
    }
}
