// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S6 COUNT: a result that comes later with a chain of ten callbacks, each a node of its own: the least
// that C can do when it does not know the callbacks beforehand.
// S6b COUNT BYTES: one piece of output through a monitor: note the time, count, keep the tail.

#include "measure.h"
#include "scenarios.h"

#include <stdlib.h>
#include <string.h>

#define CALLBACKS 10

// Who makes, fills and fires a result are different parts of a program: a compiler that sees all three
// would do without the allocations.
#define APART __attribute__((noinline))

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

APART static struct future *make_future(void)
{
    struct future *future = malloc(sizeof *future);
    future->first = NULL;
    future->end = &future->first;
    return future;
}

APART static void add_callback(struct future *future, long (*function)(void *, long), void *context)
{
    struct callback *callback = malloc(sizeof *callback);
    *callback = (struct callback){.function = function, .context = context, .next = NULL};
    *future->end = callback;
    future->end = &callback->next;
}

APART static long fire(struct future *future, long value)
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
        // Somebody could look at the job now: nothing of it may be left out.
        __asm__ volatile("" : : "r"(job) : "memory");
    }
    double elapsed = cpu_seconds() - start;
    if (job->bytes != (long long)count * (long long)bytes)
        fail("a chunk was lost");
    report("S6b", "ns", elapsed / count * 1e9);
}
