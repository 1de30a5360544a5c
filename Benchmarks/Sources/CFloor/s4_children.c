// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S4 COUNT SECONDS CHILD
//
// Runs COUNT children at the same time, each with two pipes and an inactivity timer. The
// children sleep for SECONDS and exit. The scenario reports the memory for each child, the
// processor time while all children sleep, and the time between the last action of a child and
// its end in the parent.

#define _GNU_SOURCE
#include "measure.h"
#include "scenarios.h"
#include "spawn.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARM_UP_CHILDREN 8
#define IDLE_BEGINS 0.5
#define IDLE_LENGTH 2.0
#define INACTIVITY_LIMIT 60.0

struct child {
    ev_io out;
    ev_io err;
    ev_io exit;
    ev_timer inactivity;
    pid_t pid;
    int parts_left;
    int text_length;
    char text[32];
};

static char buffer[65536];
static double *delays;
static int ended;

static void child_ended(struct ev_loop *loop, struct child *child)
{
    child->text[child->text_length] = 0;
    delays[ended++] = monotonic_seconds() - (double)atoll(child->text) / 1e9;
    ev_timer_stop(loop, &child->inactivity);
    free(child);
}

static void part_ended(struct ev_loop *loop, ev_io *watcher)
{
    struct child *child = watcher->data;
    ev_io_stop(loop, watcher);
    close(watcher->fd);
    if (--child->parts_left == 0)
        child_ended(loop, child);
}

static void on_output(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct child *child = watcher->data;
    ssize_t count = read(watcher->fd, buffer, sizeof buffer);
    if (count == 0)
        return part_ended(loop, watcher);
    if (count < 0)
        return;
    ev_timer_again(loop, &child->inactivity);
    if (child->text_length + count < (ssize_t)sizeof child->text) {
        memcpy(child->text + child->text_length, buffer, (size_t)count);
        child->text_length += (int)count;
    }
}

static void on_exit_seen(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct child *child = watcher->data;
    reap(child->pid);
    part_ended(loop, watcher);
}

static void on_inactivity(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    fail("a child wrote nothing for longer than the inactivity limit");
}

static void start_child(struct ev_loop *loop, char *const command[])
{
    struct child *child = calloc(1, sizeof *child);
    struct spawned spawned = spawn_on_pipes(command);
    child->pid = spawned.pid;
    child->parts_left = 3;
    ev_io_init(&child->out, on_output, spawned.out, EV_READ);
    ev_io_init(&child->err, on_output, spawned.err, EV_READ);
    ev_io_init(&child->exit, on_exit_seen, spawned.pidfd, EV_READ);
    child->out.data = child->err.data = child->exit.data = child;
    ev_io_start(loop, &child->out);
    ev_io_start(loop, &child->err);
    ev_io_start(loop, &child->exit);
    ev_init(&child->inactivity, on_inactivity);
    child->inactivity.repeat = INACTIVITY_LIMIT;
    ev_timer_again(loop, &child->inactivity);
}

static double cpu_when_idle_began;

static void on_idle_begin(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    cpu_when_idle_began = cpu_seconds();
}

static void on_idle_end(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    if (ended > 0)
        fail("a child ended during the idle period; use a longer sleep or a faster machine");
    report("S4", "idle_ms_per_s", (cpu_seconds() - cpu_when_idle_began) * 1e3 / IDLE_LENGTH);
}

static void warm_up(struct ev_loop *loop, char *child)
{
    char *command[] = {child, "sleep", "0", NULL};
    delays = calloc(WARM_UP_CHILDREN, sizeof *delays);
    for (int i = 0; i < WARM_UP_CHILDREN; i++)
        start_child(loop, command);
    ev_run(loop, 0);
    free(delays);
    ended = 0;
}

void children_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    char *command[] = {arguments[2], "sleep", arguments[1], NULL};
    struct ev_loop *loop = make_loop();
    ev_timer idle_begin;
    ev_timer idle_end;
    raise_descriptor_limit();
    warm_up(loop, arguments[2]);
    delays = calloc((size_t)count, sizeof *delays);

    reset_peak();
    double resident = resident_bytes();
    double cpu = cpu_seconds();
    for (int i = 0; i < count; i++)
        start_child(loop, command);
    report("S4", "spawn_cpu_us", (cpu_seconds() - cpu) / count * 1e6);
    ev_now_update(loop);
    ev_timer_init(&idle_begin, on_idle_begin, IDLE_BEGINS, 0);
    ev_timer_start(loop, &idle_begin);
    ev_timer_init(&idle_end, on_idle_end, IDLE_BEGINS + IDLE_LENGTH, 0);
    ev_timer_start(loop, &idle_end);
    ev_run(loop, 0);

    report("S4", "cpu_us", (cpu_seconds() - cpu) / count * 1e6);
    report("S4", "bytes", (peak_resident_bytes() - resident) / count);
    report("S4", "end_p50_us", percentile(delays, count, 0.5) * 1e6);
    report("S4", "end_p99_us", percentile(delays, count, 0.99) * 1e6);
}
