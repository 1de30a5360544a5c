// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// - S6 COUNT: fires COUNT deferred results, each with a chain of ten callbacks. Each callback is a
//   node that is allocated separately, because a program that learns its callbacks at run time
//   needs at least that.
// - S6b COUNT BYTES: processes COUNT chunks of output as a monitor does: stores the time, counts
//   the bytes and keeps the tail.

#include "measure.h"
#include "scenarios.h"

#include <stdlib.h>
#include <string.h>

#define CALLBACKS 10

// In a real program, different parts create a result, add callbacks to it and fire it. A compiler
// that inlines all three could remove the allocations.
#define NOT_INLINED __attribute__((noinline))

struct callback {
    long (*function)(void *context, long value);
    void *context;
    struct callback *next;
};

struct future {
    struct callback *first;
    struct callback **end;
};

static long add_one(void *context, long value)
{
    (void)context;
    return value + 1;
}

NOT_INLINED static struct future *make_future(void)
{
    struct future *future = malloc(sizeof *future);
    future->first = NULL;
    future->end = &future->first;
    return future;
}

NOT_INLINED static void
add_callback(struct future *future, long (*function)(void *, long), void *context)
{
    struct callback *callback = malloc(sizeof *callback);
    *callback = (struct callback){.function = function, .context = context, .next = NULL};
    *future->end = callback;
    future->end = &callback->next;
}

NOT_INLINED static long fire(struct future *future, long value)
{
    struct callback *callback = future->first;
    while (callback != NULL) {
        struct callback *next = callback->next;
        value = callback->function(callback->context, value);
        free(callback);
        callback = next;
    }
    free(future);
    return value;
}

void chain_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    long sum = 0;
    double start = cpu_seconds();
    for (int i = 0; i < count; i++) {
        struct future *future = make_future();
        for (int j = 0; j < CALLBACKS; j++)
            add_callback(future, add_one, NULL);
        sum += fire(future, i);
    }
    double elapsed = cpu_seconds() - start;
    if (sum != (long)count * (count - 1) / 2 + (long)count * CALLBACKS)
        fail("a callback was lost");
    report("S6", "ns", elapsed / count * 1e9);
}

#define TAIL_LENGTH 8192

struct job {
    ev_tstamp last_activity;
    long long bytes;
    size_t tail_end;
    char tail[TAIL_LENGTH];
};

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

void chunk_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    size_t bytes = (size_t)atol(arguments[1]);
    char *chunk = malloc(bytes);
    memset(chunk, 'x', bytes);
    struct ev_loop *loop = make_loop();
    struct job *job = calloc(1, sizeof *job);
    double start = cpu_seconds();
    for (int i = 0; i < count; i++) {
        job->last_activity = ev_now(loop);
        job->bytes += (long long)bytes;
        keep_tail(job, chunk, bytes);
        // This statement may read the job, so the compiler cannot remove any of the work above.
        __asm__ volatile("" : : "r"(job) : "memory");
    }
    double elapsed = cpu_seconds() - start;
    if (job->bytes != (long long)count * (long long)bytes)
        fail("a chunk was lost");
    report("S6b", "ns", elapsed / count * 1e9);
}
