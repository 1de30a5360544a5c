// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The program that the benchmarks start as a child. Usage: bench-child VERB [ARGUMENT…]
//   exit, or no verb             exits immediately
//   blast BYTES CHUNK            writes BYTES to standard output, CHUNK bytes with each write
//   sleep SECONDS                sleeps, then prints the monotonic clock in nanoseconds and exits
//   lines SECONDS RATE WORKERS   writes RATE lines of 64 bytes per second; see lines.h

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lines.h"

static int write_all(const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            bytes += written;
            count -= (size_t)written;
        }
    }
    return 0;
}

static int blast(long long bytes, size_t chunk)
{
    char *buffer = malloc(chunk);
    if (buffer == NULL)
        return 1;
    memset(buffer, '.', chunk);
    while (bytes > 0) {
        size_t count = bytes < (long long)chunk ? (size_t)bytes : chunk;
        if (write_all(buffer, count) != 0)
            return 1;
        bytes -= (long long)count;
    }
    return 0;
}

static struct timespec later(struct timespec from, double seconds)
{
    long long nanoseconds = from.tv_nsec + (long long)(seconds * 1e9);
    from.tv_sec += nanoseconds / 1000000000;
    from.tv_nsec = nanoseconds % 1000000000;
    return from;
}

static void sleep_until(struct timespec when)
{
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR) {
    }
}

static int sleep_and_print_clock(double seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sleep_until(later(now, seconds));
    clock_gettime(CLOCK_MONOTONIC, &now);
    char text[32];
    int length = snprintf(text, sizeof text, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    ssize_t written = write(STDOUT_FILENO, text, (size_t)length);
    _exit(written == length ? 0 : 1);
}

int main(int count, char **arguments)
{
    const char *verb = count > 1 ? arguments[1] : "exit";
    if (strcmp(verb, "exit") == 0)
        _exit(0);
    if (strcmp(verb, "blast") == 0 && count == 4)
        return blast(atoll(arguments[2]), (size_t)atol(arguments[3]));
    if (strcmp(verb, "sleep") == 0 && count == 3)
        return sleep_and_print_clock(atof(arguments[2]));
    if (strcmp(verb, "lines") == 0 && count == 5)
        return write_lines(atof(arguments[2]), atof(arguments[3]), atoi(arguments[4]));
    fprintf(stderr, "bench-child: unknown verb or wrong number of arguments: %s\n", verb);
    return 64;
}
