// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// S5 COUNT: a thread wakes the loop and waits for its answer, COUNT times.

#include "measure.h"
#include "scenarios.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

static struct ev_loop *loop;
static ev_async door;
static ev_async end;
static sem_t answer;
static int round_trips;

static void on_door(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)loop, (void)watcher, (void)events;
    sem_post(&answer);
}

static void on_end(struct ev_loop *loop, ev_async *watcher, int events)
{
    (void)watcher, (void)events;
    ev_break(loop, EVBREAK_ALL);
}

static void *knock(void *unused)
{
    (void)unused;
    double cpu = cpu_seconds();
    double start = monotonic_seconds();
    for (int i = 0; i < round_trips; i++) {
        ev_async_send(loop, &door);
        sem_wait(&answer);
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
    sem_init(&answer, 0, 0);
    ev_async_init(&door, on_door);
    ev_async_start(loop, &door);
    ev_async_init(&end, on_end);
    ev_async_start(loop, &end);
    pthread_t thread;
    pthread_create(&thread, NULL, knock, NULL);
    ev_run(loop, 0);
    pthread_join(thread, NULL);
}
