// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LINE_LENGTH 64
#define TICK_NANOSECONDS 1000000

/// What one worker writes.
struct stream {
    int output;
    /// The worker goes on when this is closed.
    int lifeline;
    long long written;
};

static struct stream *streams;
static size_t count;
/// How many streams are not at their end.
static size_t left;
static char line[LINE_LENGTH];

static double now_in_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/// An abstract name that the workers of one parent have in common.
static socklen_t meeting_place(struct sockaddr_un *name)
{
    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length = snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "bench-lines-%d", getppid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static void add(int output, int lifeline)
{
    streams = realloc(streams, (count + 1) * sizeof *streams);
    // A reader that is late must not hold up the others.
    fcntl(output, F_SETFL, O_NONBLOCK);
    streams[count++] = (struct stream){.output = output, .lifeline = lifeline};
}

/// Room for two descriptors beside a message.
union control {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr header;
};

/// Takes over the outputs of workers that ask for it.
static void take_over(int meeting)
{
    for (;;) {
        char byte;
        struct iovec data = {&byte, 1};
        union control control;
        struct msghdr message = {.msg_iov = &data,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof control};
        if (recvmsg(meeting, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
            return;
        int descriptors[2];
        memcpy(descriptors, CMSG_DATA(&control.header), sizeof descriptors);
        add(descriptors[0], descriptors[1]);
    }
}

/// Asks the writer to write our lines too, and waits until it has; fails if there is no writer.
static int hand_over(int meeting, const struct sockaddr_un *name, socklen_t length)
{
    int lifeline[2];
    char byte = 0;
    struct iovec data = {&byte, 1};
    union control control = {.header = {.cmsg_len = CMSG_LEN(2 * sizeof(int)),
                                        .cmsg_level = SOL_SOCKET,
                                        .cmsg_type = SCM_RIGHTS}};
    struct msghdr message = {.msg_name = (void *)name,
                             .msg_namelen = length,
                             .msg_iov = &data,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    if (pipe2(lifeline, O_CLOEXEC) != 0)
        return -1;
    int descriptors[2] = {STDOUT_FILENO, lifeline[1]};
    memcpy(CMSG_DATA(&control.header), descriptors, sizeof descriptors);
    if (sendmsg(meeting, &message, 0) < 0)
        return -1;
    close(lifeline[1]);
    return read(lifeline[0], &byte, 1) == 0 ? 0 : -1;
}

/// Writes what is due, a line a write; whether it was the last.
static int write_due(struct stream *stream, double elapsed, double rate, long long lines)
{
    long long due = (long long)(elapsed * rate);
    long long bytes = (due < lines ? due : lines) * LINE_LENGTH;
    while (stream->written < bytes) {
        size_t at = (size_t)(stream->written % LINE_LENGTH);
        ssize_t written = write(stream->output, line + at, LINE_LENGTH - at);
        if (written <= 0)
            return 0;
        stream->written += written;
    }
    return stream->written == lines * LINE_LENGTH;
}

/// Each stream is due at another moment of the interval between two lines.
static void write_all_due(double elapsed, double rate, long long lines, size_t workers)
{
    for (size_t i = 0; i < count; i++) {
        struct stream *stream = &streams[i];
        double lead = (double)i / (double)workers / rate;
        if (stream->output < 0 || !write_due(stream, elapsed - lead, rate, lines))
            continue;
        close(stream->output);
        close(stream->lifeline);
        stream->output = -1;
        left--;
    }
}

static int write_for_all(int meeting, double rate, long long lines, size_t workers)
{
    struct timespec tick;
    double start = 0;
    clock_gettime(CLOCK_MONOTONIC, &tick);
    add(dup(STDOUT_FILENO), -1);
    left = workers;
    while (left > 0) {
        if (count < workers) {
            take_over(meeting);
            start = now_in_seconds();
        } else {
            write_all_due(now_in_seconds() - start, rate, lines, workers);
        }
        tick.tv_nsec += TICK_NANOSECONDS;
        tick.tv_sec += tick.tv_nsec / 1000000000;
        tick.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &tick, NULL) == EINTR) {
        }
    }
    return 0;
}

int write_lines(double seconds, double rate, int workers)
{
    struct rlimit limit;
    struct sockaddr_un name;
    socklen_t length = meeting_place(&name);
    int meeting = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    memset(line, 'x', sizeof line);
    line[LINE_LENGTH - 1] = '\n';
    if (bind(meeting, (struct sockaddr *)&name, length) == 0)
        return write_for_all(meeting, rate, (long long)(seconds * rate), (size_t)workers);
    return hand_over(meeting, &name, length) == 0 ? 0 : 1;
}
