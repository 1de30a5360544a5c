// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "measure.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double monotonic_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double number_in(const char *path, const char *name)
{
    FILE *file = fopen(path, "re");
    char line[256];
    long number = 0;
    if (file == NULL)
        fail("cannot read the files of this process in /proc");
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0)
            number = atol(line + strlen(name));
    }
    fclose(file);
    return (double)number;
}

static double status_bytes(const char *name)
{
    return number_in("/proc/self/status", name) * 1024;
}

double write_calls(void)
{
    return number_in("/proc/self/io", "syscw:");
}

double resident_bytes(void)
{
    return status_bytes("VmRSS:");
}

double peak_resident_bytes(void)
{
    return status_bytes("VmHWM:");
}

void reset_peak(void)
{
    // Writing 5 resets the peak of the resident set size to its current value. See proc(5).
    int file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "5", 1) != 1)
        fail("cannot reset the peak of the resident set size");
    close(file);
}

void touch_memory(long bytes)
{
    if (bytes == 0)
        return;
    char *memory =
        mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("cannot allocate the ballast memory");
    for (long i = 0; i < bytes; i += 4096)
        memory[i] = 1;
}

void settle(void)
{
    usleep(500 * 1000);
}

void warm_memory(void)
{
    const size_t size = (size_t)128 << 20;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("cannot allocate memory to touch");
    madvise(memory, size, MADV_HUGEPAGE);
    for (size_t i = 0; i < size; i += 4096)
        memory[i] = 1;
    munmap(memory, size);
}

void raise_descriptor_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

double next_delay(void)
{
    static uint32_t state = 12345;
    state = state * 1664525u + 1013904223u;
    return state / 4294967296.0;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double percentile(double *values, int count, double share)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    int index = (int)(share * count);
    return values[index < count ? index : count - 1];
}

void report(const char *scenario, const char *metric, double value)
{
    printf("%s %s %.6g\n", scenario, metric, value);
    fflush(stdout);
}

void fail(const char *what)
{
    fprintf(stderr, "floor: %s\n", what);
    exit(1);
}
