// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The scenarios: what each measures is said in Docs/Performance.md. `arguments` are those after the
// scenario's name.

#pragma once
#include <ev.h>

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
