// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The floor: the scenarios in plain C on libev, without a layer in between.
//
// Usage: floor SCENARIO ARGUMENT…
//
// The program prints one line for each figure, with the scenario, the metric and the value.

#include "measure.h"
#include "scenarios.h"

#include <stddef.h>
#include <string.h>

struct ev_loop *make_loop(void)
{
    return ev_loop_new(EVFLAG_NOENV | EVFLAG_NOSIGMASK | EVBACKEND_EPOLL);
}

static const struct {
    const char *name;
    int arguments;
    void (*run)(int count, char **arguments);
} scenarios[] = {
    {"S1", 4, spawn_scenario},
    {"S2", 2, timers_scenario},
    {"S2b", 2, cancelled_timers_scenario},
    {"S2c", 1, resets_scenario},
    {"S3", 4, output_scenario},
    {"S4", 3, children_scenario},
    {"S5", 1, threads_scenario},
    {"S6", 1, chain_scenario},
    {"S6b", 2, chunk_scenario},
    {"S7", 6, monitor_scenario},
    {"turns", 1, turns_scenario},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        if (count > 1 && strcmp(arguments[1], scenarios[i].name) == 0) {
            if (count != scenarios[i].arguments + 2)
                fail("wrong number of arguments");
            scenarios[i].run(count - 2, arguments + 2);
            return 0;
        }
    }
    fail("unknown scenario");
}
