// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

extension SpawnError {
    /// The request contradicts itself; `subject` says where.
    static func invalid(_ subject: String) -> SpawnError {
        SpawnError(code: .invalidRequest, errno: 0, step: "start", subject: subject)
    }

    /// The child's side of the spawn failed in `step`.
    init(failed request: SpawnRequest, step: Int32, errno: Int32) {
        let program = request.executable
        switch UInt32(bitPattern: step) {
        case CSPAWN_STEP_EXEC.rawValue:
            let subject = Self.explained(program, in: request.workingDirectory, errno: errno)
            self.init(code: .cannotExecute, errno: errno, step: "execute", subject: subject)
        case CSPAWN_STEP_DIRECTORY.rawValue:
            let folder = request.workingDirectory ?? "."
            self.init(
                code: .cannotEnterDirectory,
                errno: errno,
                step: "enter the folder",
                subject: folder
            )
        case CSPAWN_STEP_DESCRIPTORS.rawValue:
            self.init(
                code: .descriptors,
                errno: errno,
                step: "hand on the descriptors for",
                subject: program
            )
        case CSPAWN_STEP_TERMINAL.rawValue:
            self.init(
                code: .terminal,
                errno: errno,
                step: "give a controlling terminal to",
                subject: program
            )
        case CSPAWN_STEP_SIGNALS.rawValue:
            self.init(code: .system, errno: errno, step: "reset the signals of", subject: program)
        case CSPAWN_STEP_SESSION.rawValue, CSPAWN_STEP_GROUP.rawValue:
            self.init(
                code: .system,
                errno: errno,
                step: "make a process group for",
                subject: program
            )
        case CSPAWN_STEP_DEATH_SIGNAL.rawValue:
            self.init(
                code: .system,
                errno: errno,
                step: "set the parent's death signal of",
                subject: program
            )
        default:
            self.init(code: .system, errno: errno, step: "make a process for", subject: program)
        }
    }

    /// The kernel says "Permission denied" of a folder and "No such file" of a missing interpreter:
    /// name them.
    private static func explained(_ program: String, in folder: String?, errno: Int32) -> String {
        guard program.contains("/") else {
            return errno == ENOENT ? "\(program), which is in no folder of PATH" : program
        }
        let path = program.hasPrefix("/") ? program : "\(folder ?? ".")/\(program)"
        var status = stat()
        guard stat(path, &status) == 0 else { return program }
        if status.st_mode & S_IFMT == S_IFDIR { return "\(program), which is a folder" }
        switch errno {
        case ENOENT:
            return "\(program), whose interpreter (the first line, or the loader) is missing"
        case EACCES where access(path, X_OK) != 0:
            return "\(program), which is not executable (chmod +x)"
        default: return program
        }
    }
}

extension SpawnRequest {
    /// Whether the child gets a terminal.
    package var usesTerminal: Bool {
        if case .terminal = self.streams { true } else { false }
    }

    /// Whether the child has a process group of its own.
    package var hasOwnGroup: Bool { self.usesTerminal || self.grouping != .inherit }
}
