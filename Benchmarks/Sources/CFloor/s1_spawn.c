// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S1 COUNT BALLAST_MIB EXTRA_DESCRIPTORS PROGRAM
//
// Starts PROGRAM as a child COUNT times, with eight children alive at a time. A child has ended
// when it has exited and both of its pipes are at end of file.

#define _GNU_SOURCE
#include "measure.h"
#include "scenarios.h"
#include "spawn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define ALIVE_AT_A_TIME 8

struct child {
    ev_io out;
    ev_io err;
    ev_io exit;
    pid_t pid;
    int parts_left;
};

static char buffer[65536];
static char *command[2];
static int left_to_start;
static int alive;

static void fill_up(struct ev_loop *loop);

static void part_ended(struct ev_loop *loop, ev_io *watcher)
{
    struct child *child = watcher->data;
    ev_io_stop(loop, watcher);
    close(watcher->fd);
    if (--child->parts_left > 0)
        return;
    free(child);
    alive--;
    fill_up(loop);
}

static void on_output(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    ssize_t count = read(watcher->fd, buffer, sizeof buffer);
    if (count == 0)
        part_ended(loop, watcher);
}

static void on_exit_seen(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    struct child *child = watcher->data;
    reap(child->pid);
    part_ended(loop, watcher);
}

static void start_child(struct ev_loop *loop)
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
    alive++;
}

static void fill_up(struct ev_loop *loop)
{
    while (left_to_start > 0 && alive < ALIVE_AT_A_TIME) {
        left_to_start--;
        start_child(loop);
    }
}

static void open_descriptors(int count)
{
    for (int i = 0; i < count; i++) {
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
            fail("cannot open so many descriptors");
    }
}

void spawn_scenario(int count, char **arguments)
{
    (void)count;
    int children = atoi(arguments[0]);
    struct ev_loop *loop = make_loop();
    raise_descriptor_limit();
    touch_memory(atol(arguments[1]) << 20);
    open_descriptors(atoi(arguments[2]));
    command[0] = arguments[3];

    settle();
    left_to_start = children;
    double start = monotonic_seconds();
    double cpu = cpu_seconds();
    fill_up(loop);
    ev_run(loop, 0);
    double elapsed = monotonic_seconds() - start;
    report("S1", "cpu_us", (cpu_seconds() - cpu) / children * 1e6);
    report("S1", "rate", children / elapsed);
    report("S1", "cycle_us", elapsed / children * 1e6);
}
