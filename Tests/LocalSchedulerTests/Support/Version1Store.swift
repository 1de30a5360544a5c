// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#if LocalScheduler

/// The content of a store that version 1 of the tables has written.
///
/// It must not change when the tables change, because it stands for the stores of existing users.
enum Version1Store {
    static let dump = """
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

        PRAGMA application_id = 2003659379;
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');

        INSERT INTO machines VALUES ('worker', 'ONLINE', 1750000000000000);
        INSERT INTO imports VALUES (1, 'git', '["git","https://example.org/a.git"]',
            'https://example.org/a.git', NULL, 3600000000, 'REVIEWED', 0, 1749990000000000,
            1749980000000000);
        INSERT INTO imports VALUES (2, 'command', '["make"]', NULL, NULL, NULL, 'REVIEWED', 1, NULL,
            1749980000000000);
        INSERT INTO jobs VALUES (4, 1, 'RUNNING', 1749999990000000, 0, 1749999990000000,
            1749999990000000, 'line\n', 'worker');
        INSERT INTO jobs VALUES (5, 2, 'PENDING', 1749999990000000, 0, NULL, NULL, '', NULL);
        INSERT INTO results VALUES (1, 1, 'SUCCESS', 'exit', 0, NULL, '{"cause":"exit",
            "cut_off":false,"duration":1.5,"exit_code":0,"heartbeats":1,"job_id":1,"log_bytes":5,
            "log_path":"/var/log/1.log","output_bytes":5,"signal":null,"signals_sent":[],
            "status":"SUCCESS","survivors":[],"tail":"done\\n"}', 1749980000000000,
            1749980001000000, '/var/log/1.log', 'done\n', 'worker');
        INSERT INTO results VALUES (3, 2, 'RECLAIMED', NULL, NULL, NULL, NULL, 1749985000000000,
            1749990000000000, NULL, '', 'worker');
        INSERT INTO events VALUES (1, 'CREATE', 1, 1, 1749980000000000, NULL, NULL, NULL);
        INSERT INTO events VALUES (2, 'START', 1, 1, 1749980000000000, 'worker', NULL, NULL);
        INSERT INTO events VALUES (3, 'FINISH', 1, 1, 1749980001000000, 'worker', 4, NULL);
        """
}

#endif
