// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// - S2 COUNT LONGEST: schedules COUNT timers with delays from 0 to LONGEST milliseconds, and waits
//   until all have fired.
// - S2b COUNT LIVE: schedules and cancels COUNT timers while LIVE other timers are pending.
// - S2c COUNT: resets an inactivity timeout COUNT times, 1,000 times in each turn of the loop.
// - turns COUNT: runs COUNT turns of the loop, each with one timer that is due immediately.

#include "measure.h"
#include "scenarios.h"

#include <stdlib.h>

static long fired;

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)loop, (void)timer, (void)events;
    fired++;
}

static double *make_delays(int count, double longest)
{
    double *delays = malloc((size_t)count * sizeof *delays);
    for (int i = 0; i < count; i++)
        delays[i] = next_delay() * longest;
    return delays;
}

void timers_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    struct ev_loop *loop = make_loop();
    double *delays = make_delays(count, atof(arguments[1]) / 1e3);
    ev_timer *timers = malloc((size_t)count * sizeof *timers);

    ev_now_update(loop);
    double start = cpu_seconds();
    for (int i = 0; i < count; i++) {
        ev_timer_init(&timers[i], on_timer, delays[i], 0);
        ev_timer_start(loop, &timers[i]);
    }
    double scheduled = cpu_seconds();
    ev_run(loop, 0);
    double end = cpu_seconds();
    if (fired != count)
        fail("not all timers fired");
    report("S2", "schedule_ns", (scheduled - start) / count * 1e9);
    report("S2", "fire_ns", (end - scheduled) / count * 1e9);
    report("S2", "cpu_ns", (end - start) / count * 1e9);
}

void cancelled_timers_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    int live = atoi(arguments[1]);
    struct ev_loop *loop = make_loop();
    double *delays = make_delays(count, 1);
    ev_timer *timers = malloc((size_t)count * sizeof *timers);
    ev_timer *others = malloc((size_t)live * sizeof *others);
    for (int i = 0; i < live; i++) {
        ev_timer_init(&others[i], on_timer, next_delay(), 0);
        ev_timer_start(loop, &others[i]);
    }
    warm_memory();

    double start = cpu_seconds();
    for (int i = 0; i < count; i++) {
        ev_timer_init(&timers[i], on_timer, delays[i], 0);
        ev_timer_start(loop, &timers[i]);
    }
    for (int i = 0; i < count; i++)
        ev_timer_stop(loop, &timers[i]);
    report("S2b", "cpu_ns", (cpu_seconds() - start) / count * 1e9);
}

// The third way of ev(3), "Be smart about timeouts": a reset stores only the time of the activity,
// and the timer compares that time when it fires.
#define INACTIVITY_LIMIT 60.0
#define RESETS_A_TURN 1000

static ev_tstamp last_activity;
static long resets_left;

static void on_inactivity(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    ev_tstamp left = last_activity - ev_now(loop) + INACTIVITY_LIMIT;
    if (left <= 0)
        fail("the inactivity timeout expired in spite of activity");
    ev_timer_set(timer, left, 0);
    ev_timer_start(loop, timer);
}

static void reset_many(struct ev_loop *loop, ev_idle *watcher, int events)
{
    (void)watcher, (void)events;
    for (int i = 0; i < RESETS_A_TURN; i++)
        last_activity = ev_now(loop);
    resets_left -= RESETS_A_TURN;
    if (resets_left <= 0)
        ev_break(loop, EVBREAK_ALL);
}

void resets_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    resets_left = count;
    struct ev_loop *loop = make_loop();
    ev_timer timer;
    ev_idle idle;
    last_activity = ev_now(loop);
    ev_timer_init(&timer, on_inactivity, INACTIVITY_LIMIT, 0);
    ev_timer_start(loop, &timer);
    ev_idle_init(&idle, reset_many);
    ev_idle_start(loop, &idle);
    double start = cpu_seconds();
    ev_run(loop, 0);
    report("S2c", "ns", (cpu_seconds() - start) / count * 1e9);
}

static int turns_left;

static void on_turn(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)events;
    if (--turns_left <= 0)
        return;
    ev_timer_set(timer, 0, 0);
    ev_timer_start(loop, timer);
}

void turns_scenario(int count, char **arguments)
{
    count = atoi(arguments[0]);
    turns_left = count;
    struct ev_loop *loop = make_loop();
    ev_timer timer;
    ev_timer_init(&timer, on_turn, 0, 0);
    ev_timer_start(loop, &timer);
    double start = cpu_seconds();
    ev_run(loop, 0);
    report("turns", "ns", (cpu_seconds() - start) / count * 1e9);
}
