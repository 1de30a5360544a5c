// swift-reactor
// SPDX-License-Identifier: Apache-2.0

/// Something that happens the same number of times however busy the machine is.
enum Count: String {
    /// Of this process in user mode, as callgrind sees them.
    case instructions
    /// Of this process; those of its children do not count.
    case systemCalls = "system_calls"
    /// Calls of malloc and the like.
    case allocations

    /// Runs a program and counts from its beginning to its end.
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
            // Without -f: children are not followed.
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
        let text = measurement.complaints
        guard let range = text.firstRange(of: label),
            let number = Double(text[range.upperBound...].prefix { $0.isNumber })
        else { throw Measurement.Failure(description: "there is no count") }
        return number
    }

    /// The last line of strace's table: the sum, and the word "total".
    private static func sumOfCalls(_ measurement: Measurement) throws -> Double {
        for line in measurement.complaints.split(separator: "\n") where line.hasSuffix(" total") {
            if let word = line.split(separator: " ").first, let number = Double(word) {
                return number
            }
        }
        throw Measurement.Failure(description: "there is no sum of calls")
    }
}
