// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S7 KIND JOBS SECONDS RATE CHILD FOLDER
//
// Monitors JOBS workers that write RATE lines of 64 bytes per second each. KIND is "pipe" or
// "terminal". The scenario appends the output of each worker to its own log file in FOLDER, and
// keeps the tail of the output in memory.

#define _GNU_SOURCE
#include "measure.h"
#include "scenarios.h"
#include "spawn.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_LENGTH 64
#define TAIL_LENGTH 8192
#define WINDOW_BEGINS 0.5
#define INACTIVITY_LIMIT 3600.0

struct job {
    ev_io out;
    ev_io exit;
    ev_timer inactivity;
    pid_t pid;
    int log;
    ev_tstamp last_activity;
    size_t tail_end;
    char tail[TAIL_LENGTH];
};

static char buffer[65536];
static long long received;
static int is_terminal;
static ev_timer window_begin;
static ev_timer window_end;

static void keep_tail(struct job *job, const char *bytes, size_t count)
{
    if (count > TAIL_LENGTH) {
        bytes += count - TAIL_LENGTH;
        count = TAIL_LENGTH;
    }
    size_t at = job->tail_end % TAIL_LENGTH;
    size_t first = count < TAIL_LENGTH - at ? count : TAIL_LENGTH - at;
    memcpy(job->tail + at, bytes, first);
    memcpy(job->tail, bytes + first, count - first);
    job->tail_end += count;
}

static void on_output(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct job *job = watcher->data;
    ssize_t count = read(watcher->fd, buffer, sizeof buffer);
    if (count == 0 || (count < 0 && is_terminal)) {
        ev_io_stop(loop, watcher);
        close(watcher->fd);
        close(job->log);
        ev_timer_stop(loop, &job->inactivity);
        return;
    }
    if (count < 0)
        return;
    if (received == 0) {
        // Workers begin to write when all of them have started.
        ev_timer_start(loop, &window_begin);
        ev_timer_start(loop, &window_end);
    }
    received += count;
    job->last_activity = ev_now(loop);
    keep_tail(job, buffer, (size_t)count);
    if (write(job->log, buffer, (size_t)count) != count)
        fail("cannot write a log");
}

static void on_exit_seen(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct job *job = watcher->data;
    reap(job->pid);
    ev_io_stop(loop, watcher);
    close(watcher->fd);
}

static void on_inactivity(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    fail("a worker wrote nothing for longer than the inactivity limit");
}

static void start_job(struct ev_loop *loop, char *const command[], const char *folder, int number)
{
    struct job *job = calloc(1, sizeof *job);
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.log", folder, number);
    job->log = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (job->log < 0)
        fail("cannot create a log");
    struct spawned spawned = is_terminal ? spawn_on_terminal(command) : spawn_on_one_pipe(command);
    job->pid = spawned.pid;
    ev_io_init(&job->out, on_output, spawned.out, EV_READ);
    ev_io_init(&job->exit, on_exit_seen, spawned.pidfd, EV_READ);
    job->out.data = job->exit.data = job;
    ev_io_start(loop, &job->out);
    ev_io_start(loop, &job->exit);
    ev_timer_init(&job->inactivity, on_inactivity, INACTIVITY_LIMIT, 0);
    ev_timer_start(loop, &job->inactivity);
}

static double window_cpu;
static double window_start;
static long long window_received;
static double window_writes;

static void on_window_begin(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    window_cpu = cpu_seconds();
    window_start = monotonic_seconds();
    window_received = received;
    window_writes = write_calls();
}

static void on_window_end(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    double lines = (double)(received - window_received) / LINE_LENGTH;
    report("S7", "cpu_us_per_line", (cpu_seconds() - window_cpu) / lines * 1e6);
    // Each read causes one write to a log.
    report("S7", "lines_per_read", lines / (write_calls() - window_writes));
    report("S7", "lines_per_s", lines / (monotonic_seconds() - window_start));
}

void monitor_scenario(int count, char **arguments)
{
    is_terminal = strcmp(arguments[0], "terminal") == 0;
    count = atoi(arguments[1]);
    double seconds = atof(arguments[2]);
    // The workers write for longer than the measurement, so none exits before it is over.
    char length[32];
    snprintf(length, sizeof length, "%g", seconds + 2);
    char *command[] = {arguments[4], "lines", length, arguments[3], arguments[1], NULL};
    struct ev_loop *loop = make_loop();
    raise_descriptor_limit();

    reset_peak();
    double resident = resident_bytes();
    ev_timer_init(&window_begin, on_window_begin, WINDOW_BEGINS, 0);
    ev_timer_init(&window_end, on_window_end, WINDOW_BEGINS + seconds, 0);
    for (int i = 0; i < count; i++)
        start_job(loop, command, arguments[5], i);
    ev_run(loop, 0);
    report("S7", "bytes", (peak_resident_bytes() - resident) / count);
    report(
        "S7", "lost_lines",
        (double)count * (double)(long)((seconds + 2) * atof(arguments[3]))
            - (double)received / LINE_LENGTH);
}
