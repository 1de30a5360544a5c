// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The scenarios on libuv. Usage: libuv_peer SCENARIO ARGUMENT…
//
// The program is linked with measure.c of the floor.

#define _GNU_SOURCE
#include "measure.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define ALIVE_AT_A_TIME 8
#define WARM_UP_CHILDREN 8
#define IDLE_BEGINS 500
#define IDLE_LENGTH 2000
#define INACTIVITY_LIMIT 60000
#define RESETS_A_TURN 1000

struct child {
    uv_process_t process;
    uv_pipe_t out;
    uv_pipe_t err;
    uv_timer_t inactivity;
    int parts_left;
    int handles_left;
    size_t text_length;
    char text[32];
};

static uv_loop_t *loop;
static char buffer[65536];
static long long received;
static int has_timer;
static void (*when_ended)(struct child *child);

// Children

static void on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;
    if (--child->handles_left > 0)
        return;
    free(child);
}

static void part_ended(struct child *child, uv_handle_t *handle)
{
    uv_close(handle, on_closed);
    if (--child->parts_left > 0)
        return;
    if (has_timer)
        uv_close((uv_handle_t *)&child->inactivity, on_closed);
    when_ended(child);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *result)
{
    (void)handle, (void)suggested;
    *result = uv_buf_init(buffer, sizeof buffer);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes)
{
    struct child *child = stream->data;
    if (count < 0)
        return part_ended(child, (uv_handle_t *)stream);
    received += count;
    if (!has_timer)
        return;
    uv_timer_again(&child->inactivity);
    if (child->text_length + (size_t)count < sizeof child->text) {
        memcpy(child->text + child->text_length, bytes->base, (size_t)count);
        child->text_length += (size_t)count;
    }
}

static void on_exit_seen(uv_process_t *process, int64_t status, int signal)
{
    if (status != 0 || signal != 0)
        fail("a child did not exit successfully");
    part_ended(process->data, (uv_handle_t *)process);
}

static void on_inactivity(uv_timer_t *timer)
{
    (void)timer;
    fail("a child wrote nothing for longer than the inactivity limit");
}

static void start_child(char **command)
{
    struct child *child = calloc(1, sizeof *child);
    child->parts_left = 3;
    child->handles_left = 3 + has_timer;
    uv_pipe_init(loop, &child->out, 0);
    uv_pipe_init(loop, &child->err, 0);
    child->process.data = child->out.data = child->err.data = child;
    uv_stdio_container_t streams[3] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->out},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->err},
    };
    uv_process_options_t options = {
        .file = command[0],
        .args = command,
        .exit_cb = on_exit_seen,
        .stdio = streams,
        .stdio_count = 3,
    };
    if (uv_spawn(loop, &child->process, &options) != 0)
        fail("cannot start a child");
    uv_read_start((uv_stream_t *)&child->out, give_buffer, on_output);
    uv_read_start((uv_stream_t *)&child->err, give_buffer, on_output);
    if (has_timer) {
        uv_timer_init(loop, &child->inactivity);
        child->inactivity.data = child;
        uv_timer_start(&child->inactivity, on_inactivity, INACTIVITY_LIMIT, INACTIVITY_LIMIT);
    }
}

static char *spawned_command[2];
static int left_to_start;
static int alive;

static void fill_up(void)
{
    while (left_to_start > 0 && alive < ALIVE_AT_A_TIME) {
        left_to_start--;
        alive++;
        start_child(spawned_command);
    }
}

static void spawned_ended(struct child *child)
{
    (void)child;
    alive--;
    fill_up();
}

static void s1(char **arguments)
{
    int count = left_to_start = atoi(arguments[0]);
    spawned_command[0] = arguments[3];
    when_ended = spawned_ended;
    touch_memory(atol(arguments[1]) << 20);
    settle();
    double start = monotonic_seconds();
    double cpu = cpu_seconds();
    fill_up();
    uv_run(loop, UV_RUN_DEFAULT);
    report("S1", "cpu_us", (cpu_seconds() - cpu) / count * 1e6);
    report("S1", "rate", count / (monotonic_seconds() - start));
}

static void ignore_end(struct child *child)
{
    (void)child;
}

static void s3(char **arguments)
{
    char *command[] = {arguments[3], "blast", arguments[1], arguments[2], NULL};
    when_ended = ignore_end;
    double start = monotonic_seconds();
    double cpu = cpu_seconds();
    start_child(command);
    uv_run(loop, UV_RUN_DEFAULT);
    if (received != atoll(arguments[1]))
        fail("output was lost");
    double gigabytes = (double)received / 1e9;
    report("S3", "gb_per_s", gigabytes / (monotonic_seconds() - start));
    report("S3", "cpu_s_per_gb", (cpu_seconds() - cpu) / gigabytes);
}

static double *ends;
static int ended;
static double idle_cpu;

static void sleeper_ended(struct child *child)
{
    ends[ended++] = monotonic_seconds() - (double)atoll(child->text) / 1e9;
}

static void on_idle_begin(uv_timer_t *timer)
{
    (void)timer;
    idle_cpu = cpu_seconds();
}

static void on_idle_end(uv_timer_t *timer)
{
    (void)timer;
    if (ended > 0)
        fail("a child ended during the idle period; use a longer sleep or a faster machine");
    report("S4", "idle_ms_per_s", (cpu_seconds() - idle_cpu) * 1e6 / IDLE_LENGTH);
}

static void s4(char **arguments)
{
    int count = atoi(arguments[0]);
    char *quick[] = {arguments[2], "sleep", "0", NULL};
    char *command[] = {arguments[2], "sleep", arguments[1], NULL};
    uv_timer_t idle_begin;
    uv_timer_t idle_end;
    raise_descriptor_limit();
    has_timer = 1;
    when_ended = sleeper_ended;
    ends = calloc((size_t)count + WARM_UP_CHILDREN, sizeof *ends);
    for (int i = 0; i < WARM_UP_CHILDREN; i++)
        start_child(quick);
    uv_run(loop, UV_RUN_DEFAULT);
    ended = 0;

    reset_peak();
    double resident = resident_bytes();
    for (int i = 0; i < count; i++)
        start_child(command);
    uv_update_time(loop);
    uv_timer_init(loop, &idle_begin);
    uv_timer_start(&idle_begin, on_idle_begin, IDLE_BEGINS, 0);
    uv_timer_init(loop, &idle_end);
    uv_timer_start(&idle_end, on_idle_end, IDLE_BEGINS + IDLE_LENGTH, 0);
    uv_run(loop, UV_RUN_DEFAULT);
    report("S4", "bytes", (peak_resident_bytes() - resident) / count);
    report("S4", "end_p50_us", percentile(ends, count, 0.5) * 1e6);
    report("S4", "end_p99_us", percentile(ends, count, 0.99) * 1e6);
}

// Timers

static void on_timer(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, NULL);
}

static double start_timers(uv_timer_t *timers, int count, double longest)
{
    uint64_t *delays = malloc((size_t)count * sizeof *delays);
    for (int i = 0; i < count; i++)
        delays[i] = (uint64_t)(next_delay() * longest);
    double cpu = cpu_seconds();
    for (int i = 0; i < count; i++) {
        uv_timer_init(loop, &timers[i]);
        uv_timer_start(&timers[i], on_timer, delays[i], 0);
    }
    free(delays);
    return cpu;
}

static void s2(char **arguments)
{
    int count = atoi(arguments[0]);
    uv_timer_t *timers = malloc((size_t)count * sizeof *timers);
    double cpu = start_timers(timers, count, atof(arguments[1]));
    uv_run(loop, UV_RUN_DEFAULT);
    report("S2", "cpu_ns", (cpu_seconds() - cpu) / count * 1e9);
}

static void s2b(char **arguments)
{
    int count = atoi(arguments[0]);
    int live = atoi(arguments[1]);
    uv_timer_t *timers = malloc((size_t)count * sizeof *timers);
    uv_timer_t *others = malloc((size_t)live * sizeof *others);
    start_timers(others, live, 1000);
    double cpu = start_timers(timers, count, 1000);
    for (int i = 0; i < count; i++)
        uv_timer_stop(&timers[i]);
    report("S2b", "cpu_ns", (cpu_seconds() - cpu) / count * 1e9);
}

static uv_timer_t reset_timer;
static long resets_left;

static void reset_many(uv_idle_t *idle)
{
    for (int i = 0; i < RESETS_A_TURN; i++)
        uv_timer_again(&reset_timer);
    resets_left -= RESETS_A_TURN;
    if (resets_left <= 0) {
        uv_idle_stop(idle);
        uv_timer_stop(&reset_timer);
    }
}

static void s2c(char **arguments)
{
    long count = resets_left = atol(arguments[0]);
    uv_idle_t idle;
    uv_timer_init(loop, &reset_timer);
    uv_timer_start(&reset_timer, on_inactivity, INACTIVITY_LIMIT, INACTIVITY_LIMIT);
    uv_idle_init(loop, &idle);
    uv_idle_start(&idle, reset_many);
    double cpu = cpu_seconds();
    uv_run(loop, UV_RUN_DEFAULT);
    report("S2c", "ns", (cpu_seconds() - cpu) / (double)count * 1e9);
}

// Threads

static uv_async_t mailbox;
static uv_async_t end;
static sem_t reply;

static void on_message(uv_async_t *async)
{
    (void)async;
    sem_post(&reply);
}

static void on_end(uv_async_t *async)
{
    (void)async;
    uv_stop(loop);
}

static void send_messages(void *argument)
{
    int count = *(int *)argument;
    double start = monotonic_seconds();
    for (int i = 0; i < count; i++) {
        uv_async_send(&mailbox);
        sem_wait(&reply);
    }
    report("S5", "us", (monotonic_seconds() - start) / count * 1e6);
    uv_async_send(&end);
}

static void s5(char **arguments)
{
    int count = atoi(arguments[0]);
    uv_thread_t thread;
    sem_init(&reply, 0, 0);
    uv_async_init(loop, &mailbox, on_message);
    uv_async_init(loop, &end, on_end);
    uv_thread_create(&thread, send_messages, &count);
    uv_run(loop, UV_RUN_DEFAULT);
    uv_thread_join(&thread);
}

static const struct {
    const char *name;
    int arguments;
    void (*run)(char **arguments);
} scenarios[] = {
    {"S1", 4, s1}, {"S2", 2, s2}, {"S2b", 2, s2b}, {"S2c", 1, s2c},
    {"S3", 4, s3}, {"S4", 3, s4}, {"S5", 1, s5},
};

int main(int count, char **arguments)
{
    loop = uv_default_loop();
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        if (count == scenarios[i].arguments + 2 && strcmp(arguments[1], scenarios[i].name) == 0) {
            scenarios[i].run(arguments + 2);
            return 0;
        }
    }
    fail("unknown scenario or wrong number of arguments");
}
