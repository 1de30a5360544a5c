// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Clocks, memory, and how a figure is printed.

#pragma once

/// The monotonic clock, in seconds.
double monotonic_seconds(void);

/// The processor time of this process so far, user and system, in seconds. Children do not count.
double cpu_seconds(void);

/// What this process has in memory now, in bytes.
double resident_bytes(void);

/// The most that this process has had in memory since reset_peak, in bytes.
double peak_resident_bytes(void);

void reset_peak(void);

/// How often this process has called write(2) and the like.
double write_calls(void);

/// Makes this process so much larger, for good: memory of its own that it has written to.
void touch_memory(long bytes);

/// Sleeps for half a second, so that the scheduler does not take us for a process that computes: for
/// seconds after one has touched a gibibyte, or computed that long, its children are placed worse.
void settle(void);

/// Touches 128 MiB and gives them back, so that the system has that much which is really there: what a
/// virtual machine has had no use for, its host may have taken back, and the first to touch it pays.
void warm_memory(void);

/// Allows as many open descriptors as the system gives.
void raise_descriptor_limit(void);

/// The next of a fixed sequence of delays from 0 to 1 s; both sides of the comparison use it.
double next_delay(void);

/// The value below which the share `share` of the values lies. Sorts them.
double percentile(double *values, int count, double share);

/// Prints one line: scenario, metric, value.
void report(const char *scenario, const char *metric, double value);

/// Prints why it cannot go on, and ends the program.
__attribute__((noreturn)) void fail(const char *what);
