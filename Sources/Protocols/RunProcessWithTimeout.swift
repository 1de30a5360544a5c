// swift-reactor
// SPDX-License-Identifier: Apache-2.0

public import Reactor

/// Runs a command and ends it if it takes too long; its output is dropped.
///
/// The environment is the parent's. (The original's was empty.)
///
/// - Parameters:
///   - arguments: the program and its arguments; an empty list is the caller's mistake.
///   - timeout: how long it may take in all.
///   - reactor: starts it.
///   - clock: tells the time; nil: the reactor of the current thread.
/// - Returns: fires when the process has ended. Fails with ``SpawnError`` if it cannot be started,
///   with ``TimeoutError`` if it took too long, with ``ProcessTerminated`` if it ended otherwise
///   than with code 0.
public func runProcessWithTimeout(
    _ arguments: [String],
    timeout: Duration = .seconds(5),
    on reactor: any ReactorProcess,
    clock: (any ReactorTime)? = nil
) -> Deferred<ProcessEnd> {
    require(!arguments.isEmpty, "runProcessWithTimeout needs at least the name of a program.")
    let deferred = Deferred<ProcessEnd>()
    let monitor = ProcessMonitorProtocolWithTimeout(
        deferred: deferred,
        timeout: timeout,
        clock: clock
    )
    let request = SpawnRequest(arguments[0], Array(arguments.dropFirst()))
    do {
        try reactor.spawnProcess(monitor, request)
    } catch {
        deferred.fail(error)
    }
    return deferred
}
