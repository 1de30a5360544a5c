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

/// The output of one worker.
struct stream {
    int output;
    /// The write end of a pipe, or -1 for the writer itself. Closing it makes the worker exit.
    int lifeline;
    /// The number of bytes written to `output`.
    long long written;
};

static struct stream *streams;
static size_t count;
/// The number of workers whose last line has not been written.
static size_t left;
static char line[LINE_LENGTH];

static double now_in_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/// Fills in the abstract socket address that the workers of one parent share, and returns
/// its length.
static socklen_t shared_address(struct sockaddr_un *name)
{
    *name = (struct sockaddr_un){.sun_family = AF_UNIX};
    int length =
        snprintf(name->sun_path + 1, sizeof name->sun_path - 1, "bench-lines-%d", getppid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static void add(int output, int lifeline)
{
    streams = realloc(streams, (count + 1) * sizeof *streams);
    // A slow reader must not delay the other streams.
    fcntl(output, F_SETFL, O_NONBLOCK);
    streams[count++] = (struct stream){.output = output, .lifeline = lifeline};
}

/// The ancillary data of a message that passes two descriptors.
union control {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr header;
};

/// Adds the outputs that other workers have passed since the last call.
static void accept_outputs(int channel)
{
    for (;;) {
        char byte;
        struct iovec data = {&byte, 1};
        union control control;
        struct msghdr message = {
            .msg_iov = &data,
            .msg_iovlen = 1,
            .msg_control = &control,
            .msg_controllen = sizeof control};
        if (recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
            return;
        int descriptors[2];
        memcpy(descriptors, CMSG_DATA(&control.header), sizeof descriptors);
        add(descriptors[0], descriptors[1]);
    }
}

/// Passes the output of this worker to the writer, and waits until the writer has written
/// all lines.
///
/// Returns 0, or -1 if there is no writer.
static int pass_output(int channel, const struct sockaddr_un *name, socklen_t length)
{
    int lifeline[2];
    char byte = 0;
    struct iovec data = {&byte, 1};
    union control control = {
        .header = {
            .cmsg_len = CMSG_LEN(2 * sizeof(int)),
            .cmsg_level = SOL_SOCKET,
            .cmsg_type = SCM_RIGHTS}};
    struct msghdr message = {
        .msg_name = (void *)name,
        .msg_namelen = length,
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control};
    if (pipe2(lifeline, O_CLOEXEC) != 0)
        return -1;
    int descriptors[2] = {STDOUT_FILENO, lifeline[1]};
    memcpy(CMSG_DATA(&control.header), descriptors, sizeof descriptors);
    if (sendmsg(channel, &message, 0) < 0)
        return -1;
    close(lifeline[1]);
    return read(lifeline[0], &byte, 1) == 0 ? 0 : -1;
}

/// Writes the lines that are due, with one write for each line. Returns whether the last line
/// was written.
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

/// Writes the lines that are due on all streams. The streams are due at different moments of the
/// interval between two lines.
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

/// Writes the lines of all workers, and returns the exit code 0.
static int write_for_all(int channel, double rate, long long lines, size_t workers)
{
    struct timespec tick;
    double start = 0;
    clock_gettime(CLOCK_MONOTONIC, &tick);
    add(dup(STDOUT_FILENO), -1);
    left = workers;
    while (left > 0) {
        if (count < workers) {
            accept_outputs(channel);
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
    socklen_t length = shared_address(&name);
    int channel = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    memset(line, 'x', sizeof line);
    line[LINE_LENGTH - 1] = '\n';
    if (bind(channel, (struct sockaddr *)&name, length) == 0)
        return write_for_all(channel, rate, (long long)(seconds * rate), (size_t)workers);
    return pass_output(channel, &name, length) == 0 ? 0 : 1;
}
