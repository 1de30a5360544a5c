// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S5 COUNT
//
// Measures COUNT round trips in which a thread wakes the loop and waits for its reply.

#include "measure.h"
#include "scenarios.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

static struct ev_loop *loop;
static ev_async mailbox;
static ev_async end;
static sem_t reply;
static int round_trips;

static void on_message(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop, (void)watcher, (void)events;
    sem_post(&reply);
}

static void on_end(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)watcher, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void *send_messages(void *unused)
{
    (void)unused;
    double cpu = cpu_seconds();
    double start = monotonic_seconds();
    for (int i = 0; i < round_trips; i++) {
        ev_async_send(loop, &mailbox);
        sem_wait(&reply);
    }
    report("S5", "us", (monotonic_seconds() - start) / round_trips * 1e6);
    report("S5", "cpu_us", (cpu_seconds() - cpu) / round_trips * 1e6);
    ev_async_send(loop, &end);
    return NULL;
}

void threads_scenario(int count, char **arguments)
{
    (void)count;
    round_trips = atoi(arguments[0]);
    loop = make_loop();
    sem_init(&reply, 0, 0);
    ev_async_init(&mailbox, on_message);
    ev_async_start(loop, &mailbox);
    ev_async_init(&end, on_end);
    ev_async_start(loop, &end);
    pthread_t thread;
    pthread_create(&thread, NULL, send_messages, NULL);
    ev_run(loop, 0);
    pthread_join(thread, NULL);
}
