// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

internal import GRDB

/// The tables of a store, and the migrations from older versions.
///
/// A released migration never changes; a change of the tables adds another migration. Times are
/// microseconds since 1970, intervals are microseconds, and arguments and reports are JSON.
enum JobStoreSchema {
    /// The application id that marks a SQLite file as a store ("wmjs").
    ///
    /// A store refuses to change a file with another application id.
    static let applicationID: Int32 = 0x776D_6A73

    /// Creates the tables, or migrates those of an older version.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Self.version1)
            try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        }
        migrator.registerMigration("2", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: Self.version2)
        }
        return migrator
    }

    /// The SQL that adds the columns of version 2.
    ///
    /// The monitor of a job is JSON. The uptime is that of the kernel at the last heartbeat.
    private static let version2 = """
        ALTER TABLE jobs ADD COLUMN monitor TEXT;
        ALTER TABLE jobs ADD COLUMN heartbeat_uptime INTEGER;
        """

    /// The SQL that creates the tables of version 1.
    ///
    /// The ids use AUTOINCREMENT, because SQLite would otherwise reuse the id of the newest job
    /// after that job is deleted.
    private static let version1 = """
        CREATE TABLE imports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            arguments TEXT NOT NULL,
            url TEXT,
            destination TEXT,
            interval INTEGER,
            review_status TEXT NOT NULL,
            consecutive_failures INTEGER NOT NULL DEFAULT 0,
            date_last_successful INTEGER,
            date_created INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX imports_by_source ON imports (url, coalesce(destination, ''))
            WHERE kind = 'git';

        CREATE TABLE machines (
            hostname TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            heartbeat INTEGER
        );

        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            import_id INTEGER NOT NULL UNIQUE REFERENCES imports ON DELETE CASCADE,
            state TEXT NOT NULL,
            date_due INTEGER NOT NULL,
            requested_by_user INTEGER NOT NULL,
            date_started INTEGER,
            heartbeat INTEGER,
            log_tail TEXT NOT NULL DEFAULT '',
            machine TEXT REFERENCES machines
        );
        CREATE INDEX jobs_in_order ON jobs (state, requested_by_user DESC, date_due, id);

        CREATE TABLE results (
            job_id INTEGER NOT NULL PRIMARY KEY,
            import_id INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
            status TEXT NOT NULL,
            cause TEXT,
            exit_code INTEGER,
            signal TEXT,
            report TEXT,
            date_started INTEGER,
            date_finished INTEGER NOT NULL,
            log_path TEXT,
            tail TEXT NOT NULL,
            machine TEXT
        );
        CREATE INDEX results_by_import ON results (import_id);
        CREATE INDEX results_by_date ON results (date_finished);

        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            job_id INTEGER NOT NULL,
            import_id INTEGER NOT NULL REFERENCES imports ON DELETE CASCADE,
            date INTEGER NOT NULL,
            machine TEXT,
            successor_id INTEGER,
            report TEXT
        );
        CREATE INDEX events_by_job ON events (job_id);
        CREATE INDEX events_by_import ON events (import_id);
        """
}

#endif
