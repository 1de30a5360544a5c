// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Testing

@testable import WorkerMonitorProgram

@Suite struct `The paths of worker-monitor` {
    @Test func `are in the folder of the store that the options name`() {
        let paths = ProgramPaths(store: "/srv/x/../jobs.db", logFolder: nil, environment: [:])
        #expect(paths.store == "/srv/jobs.db")
        #expect(paths.logs == "/srv/logs")
        #expect(paths.mirrors == "/srv/mirrors")
        #expect(paths.spool == "/srv/jobs.db.spool")
    }

    @Test(arguments: [
        (["XDG_STATE_HOME": "/state", "HOME": "/home/me"], "/state/worker-monitor"),
        (
            ["XDG_STATE_HOME": "relative", "HOME": "/home/me"],
            "/home/me/.local/state/worker-monitor"
        ),
        (["HOME": "/home/me"], "/home/me/.local/state/worker-monitor"),
    ])
    func `are in the user's state folder without an option`(
        environment: [String: String],
        folder: String
    ) {
        let paths = ProgramPaths(store: nil, logFolder: nil, environment: environment)
        #expect(paths.store == nil)
        #expect(paths.logs == "\(folder)/logs")
        #expect(paths.spool == "\(folder)/jobs.sqlite.spool")
    }

    @Test func `leave a missing HOME to the store to report`() {
        let paths = ProgramPaths(store: nil, logFolder: nil, environment: ["HOME": "here"])
        #expect(paths.prepareLogs() == nil)
    }

    @Test func `name a log folder that cannot be created, and the option for another`() {
        let paths = ProgramPaths(store: "/dev/x.db", logFolder: "/dev/null/logs", environment: [:])
        #expect(
            paths.prepareLogs()
                == "Cannot create or enter the log folder /dev/null/logs: Not a directory "
                + "(at /dev/null). Name a writable folder with --log-dir."
        )
    }
}

#endif
