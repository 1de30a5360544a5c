// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The scenarios of the floor. Benchmarks/README.md describes what each of them measures.
//
// Each function receives the arguments that follow the name of the scenario.

#pragma once
#include <ev.h>

/// Returns a new loop that uses epoll.
struct ev_loop *make_loop(void);

void spawn_scenario(int count, char **arguments);
void timers_scenario(int count, char **arguments);
void cancelled_timers_scenario(int count, char **arguments);
void resets_scenario(int count, char **arguments);
void output_scenario(int count, char **arguments);
void children_scenario(int count, char **arguments);
void threads_scenario(int count, char **arguments);
void chain_scenario(int count, char **arguments);
void chunk_scenario(int count, char **arguments);
void monitor_scenario(int count, char **arguments);
void turns_scenario(int count, char **arguments);
