// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

extension ChildHandle {
    /// Starts the child that `request` describes, with the descriptors of `ends`.
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
        // This is a `switch` because optional chaining would consume the noncopyable list.
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
        // The C call uses pointers into these lists. Without these calls the compiler may destroy
        // each list right after its pointer was taken.
        withExtendedLifetime(environment) {}
        withExtendedLifetime(arguments) {}
        withExtendedLifetime(candidates) {}
        guard code == 0 else { throw SpawnError(failed: request, step: result.step, errno: -code) }
        self.init(pid: result.pid, Descriptor(owning: result.pidfd), reapsAtOnce: reapsAtOnce)
    }

    /// Returns the child's variables, or `nil` if the child inherits the parent's
    /// variables unchanged.
    private static func variables(_ request: SpawnRequest) throws(SpawnError) -> [String: String]? {
        if case .inherit = request.environment { return nil }
        let variables = request.environment.resolved()
        for (name, value) in variables
        where name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) || hasNUL(name) || hasNUL(value)
        {
            throw .invalid(
                "the environment variable \(name.debugDescription): a name must neither be empty "
                    + "nor contain \"=\", and neither name nor value may contain a NUL byte"
            )
        }
        return variables
    }

    /// Returns the paths to try, in order.
    ///
    /// This is either the given path alone, or the given name in each directory of the
    /// child's PATH.
    private static func candidates(_ request: SpawnRequest, _ variables: [String: String]?)
        -> KernelStrings
    {
        let name = request.executable
        if name.utf8.contains(UInt8(ascii: "/")) { return KernelStrings(name, []) }
        let path = variables.map { $0["PATH"] } ?? getenv("PATH").map { String(cString: $0) }
        // execvp(3) uses this path if PATH is not set.
        let folders = (path ?? "/bin:/usr/bin").split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        return KernelStrings(nil, folders.map { $0.isEmpty ? name : "\($0)/\(name)" })
    }

    /// Returns the value of `cspawn_grouping` that the request needs.
    private static func grouping(_ request: SpawnRequest) -> Int32 {
        // Only the leader of a session can get a controlling terminal (ioctl_tty(2), TIOCSCTTY).
        if request.usesTerminal { return Int32(CSPAWN_GROUPING_SESSION.rawValue) }
        return switch request.grouping {
        case .inherit: Int32(CSPAWN_GROUPING_INHERIT.rawValue)
        case .group: Int32(CSPAWN_GROUPING_GROUP.rawValue)
        case .session: Int32(CSPAWN_GROUPING_SESSION.rawValue)
        }
    }

    /// Throws an error if the request has an empty program name, or a NUL byte in a string.
    ///
    /// The strings are passed to execve(2) and chdir(2), where the first NUL byte ends a string.
    private static func check(_ request: SpawnRequest) throws(SpawnError) {
        if request.executable.isEmpty { throw .invalid("an empty program name") }
        try Self.check(request.executable)
        for argument in request.arguments { try Self.check(argument) }
        if let name = request.argumentZero { try Self.check(name) }
        if let folder = request.workingDirectory { try Self.check(folder) }
    }

    private static func check(_ string: String) throws(SpawnError) {
        guard Self.hasNUL(string) else { return }
        throw .invalid("the string \(string.debugDescription), which contains a NUL byte")
    }

    private static func hasNUL(_ string: String) -> Bool {
        string.withCString { strlen($0) } != string.utf8.count
    }
}

/// A list of strings in the form that execve(2) takes.
///
/// The list consists of pointers to NUL-terminated bytes and ends with a null pointer. The pointers
/// and the bytes are in one block of memory, so the list costs one allocation.
struct KernelStrings: ~Copyable {
    private let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Makes a list that contains `first`, unless it is `nil`, and then `rest`.
    ///
    /// The strings must not contain NUL bytes.
    init(_ first: String?, _ rest: [String]) {
        let count = rest.count + (first == nil ? 0 : 1)
        let listSize = (count + 1) * MemoryLayout<UnsafeMutablePointer<CChar>?>.stride
        let textSize = rest.reduce(first.map(Self.size) ?? 0) { $0 + Self.size($1) }
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: listSize + textSize,
            alignment: MemoryLayout<UnsafeMutablePointer<CChar>?>.alignment
        )
        self.list = block.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: count + 1)
        var text = (block + listSize).bindMemory(to: CChar.self, capacity: textSize)
        var entry = self.list
        if let first { Self.add(first, &entry, &text) }
        for string in rest { Self.add(string, &entry, &text) }
        entry.initialize(to: nil)
    }

    deinit { self.list.deallocate() }

    /// The number of bytes that a string needs, including its NUL byte.
    private static func size(_ string: String) -> Int { string.utf8.count + 1 }

    private static func add(
        _ string: String,
        _ entry: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
        _ text: inout UnsafeMutablePointer<CChar>
    ) {
        entry.initialize(to: text)
        entry += 1
        // stpcpy returns the position of the NUL byte. `withCString` avoids the temporary array
        // that Swift would make to pass the string to C directly.
        text = string.withCString { stpcpy(text, $0) } + 1
    }

    /// The list, with the type that execve(2) has for `argv` and `envp`.
    var mutable: UnsafePointer<UnsafeMutablePointer<CChar>?> { UnsafePointer(self.list) }

    /// The list, with the type of a list of constant strings.
    var constant: UnsafePointer<UnsafePointer<CChar>?> {
        // Only the constness of the characters differs, so both types have the same layout.
        UnsafeRawPointer(self.list).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }
}
