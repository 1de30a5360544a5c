// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S3 KIND BYTES CHUNK CHILD
//
// Reads BYTES that a child writes, CHUNK bytes with each write. KIND is "pipe", "socketpair"
// or "terminal".

#define _GNU_SOURCE
#include "measure.h"
#include "scenarios.h"
#include "spawn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The number of consecutive reads that find the pipe full before its capacity is enlarged.
#define FULL_READS 8
#define PIPE_CAPACITY 65536
#define ENLARGED_CAPACITY (256 * 1024)

static char buffer[PIPE_CAPACITY];
static long long received;
static long reads;
static int full_reads;
static int is_pipe;

static void enlarge_when_full(int descriptor, ssize_t count)
{
    if (full_reads > FULL_READS)
        return;
    full_reads = count == PIPE_CAPACITY ? full_reads + 1 : 0;
    if (full_reads == FULL_READS) {
        fcntl(descriptor, F_SETPIPE_SZ, ENLARGED_CAPACITY);
        full_reads++;
    }
}

static void on_output(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)events;
    ssize_t count = read(watcher->fd, buffer, sizeof buffer);
    // Reading a terminal fails with EIO when the child has closed its end.
    if (count == 0 || (count < 0 && !is_pipe)) {
        ev_io_stop(loop, watcher);
        return;
    }
    if (count < 0)
        return;
    received += count;
    reads++;
    if (is_pipe)
        enlarge_when_full(watcher->fd, count);
}

void output_scenario(int count, char **arguments)
{
    (void)count;
    const char *kind = arguments[0];
    char *command[] = {arguments[3], "blast", arguments[1], arguments[2], NULL};
    struct ev_loop *loop = make_loop();
    is_pipe = strcmp(kind, "pipe") == 0;

    double cpu = cpu_seconds();
    double start = monotonic_seconds();
    struct spawned child = is_pipe      ? spawn_on_one_pipe(command)
        : strcmp(kind, "terminal") == 0 ? spawn_on_terminal(command)
                                        : spawn_on_socketpair(command);
    ev_io watcher;
    ev_io_init(&watcher, on_output, child.out, EV_READ);
    ev_io_start(loop, &watcher);
    ev_run(loop, 0);
    double elapsed = monotonic_seconds() - start;
    if (received != atoll(arguments[1]))
        fail("output was lost");
    double gigabytes = (double)received / 1e9;
    report("S3", "gb_per_s", gigabytes / elapsed);
    report("S3", "cpu_s_per_gb", (cpu_seconds() - cpu) / gigabytes);
    report("S3", "reads", (double)reads);
}
