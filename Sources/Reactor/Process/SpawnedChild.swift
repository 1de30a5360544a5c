// swift-reactor
// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// A child that has just been made: its number and the descriptor that stands for it.
struct SpawnedChild: ~Copyable {
    let pid: Int32
    private let pidfd: Descriptor

    /// Makes the child that `request` asks for, with the descriptors of `ends`.
    init(_ request: SpawnRequest, _ ends: ChildEnds) throws(SpawnError) {
        try Self.check(request)
        let arguments = SpawnArguments(
            [request.argumentZero ?? request.executable] + request.arguments
        )
        let variables = request.environment == .inherit ? nil : request.environment.resolved()
        let environment = variables.map { SpawnArguments($0.map { "\($0.key)=\($0.value)" }) }
        let candidates = SpawnArguments(Self.candidates(request, variables?["PATH"]))
        let directory = SpawnArguments([request.workingDirectory].compactMap(\.self))
        let descriptors = ends.handed.map {
            cspawn_descriptor(source: $0.source, target: $0.target)
        }
        var result = cspawn_result()
        let code = descriptors.withUnsafeBufferPointer { descriptors in
            var raw = cspawn_request()
            raw.candidates = candidates.constant
            raw.argv = arguments.mutable
            raw.envp = environment?.mutable ?? UnsafePointer(environ)
            raw.directory = directory.constant.pointee
            raw.descriptors = descriptors.baseAddress
            raw.descriptor_count = Int32(descriptors.count)
            raw.grouping = Self.grouping(request)
            raw.terminal = request.usesTerminal ? 0 : -1
            raw.death_signal = request.diesWithParent ? SIGKILL : 0
            return cspawn_spawn(&raw, &result)
        }
        withExtendedLifetime((arguments, environment, candidates, directory)) {}
        guard code == 0 else { throw SpawnError(failed: request, step: result.step, errno: -code) }
        self.pid = result.pid
        self.pidfd = Descriptor(owning: result.pidfd)
    }

    /// Hands the pidfd on to the child's handle.
    consuming func takePidfd() -> Descriptor { self.pidfd }

    /// The paths to try: the one given, or the name in each folder of the child's PATH.
    private static func candidates(_ request: SpawnRequest, _ path: String?) -> [String] {
        if request.executable.contains("/") { return [request.executable] }
        var path = path
        if request.environment == .inherit { path = getenv("PATH").map { String(cString: $0) } }
        // Without a PATH: what execvp(3) takes then.
        let folders = (path ?? "/bin:/usr/bin").split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        return folders.map { $0.isEmpty ? request.executable : "\($0)/\(request.executable)" }
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
        var strings = [request.executable] + request.arguments
        strings += [request.argumentZero, request.workingDirectory].compactMap(\.self)
        for string in strings where string.utf8.contains(0) {
            throw .invalid("the argument \(string.debugDescription), which has a NUL byte in it")
        }
        guard request.environment != .inherit else { return }
        for (name, value) in request.environment.resolved()
        where name.isEmpty || name.utf8.contains(0) || name.utf8.contains(UInt8(ascii: "="))
            || value.utf8.contains(0)
        {
            throw .invalid("the environment variable \(name.debugDescription)")
        }
    }
}
