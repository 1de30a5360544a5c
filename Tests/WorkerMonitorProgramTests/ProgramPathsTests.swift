// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if Programs

import Testing

@testable import WorkerMonitorProgram

@Suite struct `Program paths` {
    @Test func `all paths are in the folder of the store that the options name`() {
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
    func `without options the paths are in the user's state folder`(
        environment: [String: String],
        folder: String
    ) {
        let paths = ProgramPaths(store: nil, logFolder: nil, environment: environment)
        #expect(paths.store == nil)
        #expect(paths.logs == "\(folder)/logs")
        #expect(paths.spool == "\(folder)/jobs.sqlite.spool")
    }

    @Test func `preparing the log folder does not report an invalid HOME`() {
        let paths = ProgramPaths(store: nil, logFolder: nil, environment: ["HOME": "here"])
        #expect(paths.prepareLogs() == nil)
    }

    @Test func `the error for a log folder that cannot be created suggests --log-dir`() {
        let paths = ProgramPaths(store: "/dev/x.db", logFolder: "/dev/null/logs", environment: [:])
        #expect(
            paths.prepareLogs()
                == "Cannot create or enter the log folder /dev/null/logs: Not a directory "
                + "(at /dev/null). Name a writable folder with --log-dir."
        )
    }
}

#endif
