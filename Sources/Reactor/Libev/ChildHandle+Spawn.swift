// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

extension ChildHandle {
    /// Makes the child that `request` asks for, with the descriptors of `ends`.
    init(
        _ request: SpawnRequest,
        _ ends: borrowing ChildEnds,
        _ slots: borrowing LowSlots,
        reapsAtOnce: Bool
    ) throws(SpawnError) {
        try Self.check(request)
        let variables = try Self.variables(request)
        let environment = variables.map { $0.map { "\($0.key)=\($0.value)" } }
            .map { KernelStrings(nil, $0) }
        let arguments = KernelStrings(
            request.argumentZero ?? request.executable,
            request.arguments
        )
        let candidates = Self.candidates(request, variables)
        let directory = request.workingDirectory.flatMap { strdup($0) }
        defer { free(directory) }

        var raw = cspawn_request()
        raw.candidates = candidates.constant
        raw.argv = arguments.mutable
        // A switch, because `?.` would consume the list.
        switch environment {
        case .some(let list): raw.envp = list.mutable
        case .none: raw.envp = UnsafePointer(environ)
        }
        raw.directory = UnsafePointer(directory)
        raw.grouping = Self.grouping(request)
        raw.terminal = request.usesTerminal ? 0 : -1
        raw.death_signal = request.diesWithParent ? SIGKILL : 0
        var result = cspawn_result()
        let code = ends.withMap { map in
            slots.withRaw { slots in
                raw.descriptors = map.baseAddress
                raw.descriptor_count = Int32(map.count)
                raw.slots = slots
                return cspawn_spawn(&raw, &result)
            }
        }
        // Else they were gone as soon as their pointers had been asked for.
        withExtendedLifetime(environment) {}
        withExtendedLifetime(arguments) {}
        withExtendedLifetime(candidates) {}
        guard code == 0 else { throw SpawnError(failed: request, step: result.step, errno: -code) }
        self.init(pid: result.pid, Descriptor(owning: result.pidfd), reapsAtOnce: reapsAtOnce)
    }

    /// The child's variables; nil: the parent's, as they are.
    private static func variables(_ request: SpawnRequest) throws(SpawnError) -> [String: String]? {
        if case .inherit = request.environment { return nil }
        let variables = request.environment.resolved()
        for (name, value) in variables
        where name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) || hasNUL(name) || hasNUL(value)
        {
            throw .invalid("the environment variable \(name.debugDescription)")
        }
        return variables
    }

    /// The paths to try: the one given, or the name in each folder of the child's PATH.
    private static func candidates(_ request: SpawnRequest, _ variables: [String: String]?)
        -> KernelStrings
    {
        let name = request.executable
        if name.utf8.contains(UInt8(ascii: "/")) { return KernelStrings(name, []) }
        let path = variables.map { $0["PATH"] } ?? getenv("PATH").map { String(cString: $0) }
        // Without a PATH: what execvp(3) takes then.
        let folders = (path ?? "/bin:/usr/bin").split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        return KernelStrings(nil, folders.map { $0.isEmpty ? name : "\($0)/\(name)" })
    }

    private static func grouping(_ request: SpawnRequest) -> Int32 {
        // A controlling terminal needs a session of the child's own (tty_ioctl(4), TIOCSCTTY).
        if request.usesTerminal { return Int32(CSPAWN_GROUPING_SESSION.rawValue) }
        return switch request.grouping {
        case .inherit: Int32(CSPAWN_GROUPING_INHERIT.rawValue)
        case .group: Int32(CSPAWN_GROUPING_GROUP.rawValue)
        case .session: Int32(CSPAWN_GROUPING_SESSION.rawValue)
        }
    }

    /// What the kernel could not even be asked.
    private static func check(_ request: SpawnRequest) throws(SpawnError) {
        if request.executable.isEmpty { throw .invalid("a program without a name") }
        try Self.check(request.executable)
        for argument in request.arguments { try Self.check(argument) }
        if let name = request.argumentZero { try Self.check(name) }
        if let folder = request.workingDirectory { try Self.check(folder) }
    }

    private static func check(_ string: String) throws(SpawnError) {
        guard Self.hasNUL(string) else { return }
        throw .invalid("the argument \(string.debugDescription), which has a NUL byte in it")
    }

    private static func hasNUL(_ string: String) -> Bool {
        string.withCString { strlen($0) } != string.utf8.count
    }
}
