// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Clocks, memory sizes, and the output of figures.

#pragma once

/// Returns the time of the monotonic clock in seconds.
double monotonic_seconds(void);

/// Returns the processor time that this process has used, in seconds. It is the sum of user and
/// system time, without the time of children.
double cpu_seconds(void);

/// Returns the resident set size of this process in bytes.
double resident_bytes(void);

/// Returns the largest resident set size since reset_peak, in bytes.
double peak_resident_bytes(void);

/// Resets the largest resident set size to the current one.
void reset_peak(void);

/// Returns the number of calls to write(2) and similar system calls by this process.
double write_calls(void);

/// Allocates and writes to `bytes` of memory, which the process keeps until it exits.
void touch_memory(long bytes);

/// Sleeps for half a second, so that the scheduler does not treat this process as one that
/// computes. Otherwise it places the children of the process worse, for several seconds after the
/// process has touched a gibibyte or has computed for a similar time.
void settle(void);

/// Touches 128 MiB of memory and frees them again. The host of a virtual machine may have reclaimed
/// memory that the virtual machine did not use. The first access to such memory is slow, and it
/// must not happen during a measurement.
void warm_memory(void);

/// Raises the limit on open descriptors to the hard limit.
void raise_descriptor_limit(void);

/// Returns the next delay of a fixed sequence of delays between 0 and 1 s. The floor and
/// swift-reactor use the same sequence.
double next_delay(void);

/// Returns the percentile of the values for a `share` between 0 and 1. The function sorts
/// the values.
double percentile(double *values, int count, double share);

/// Prints a line with a scenario, a metric and its value.
void report(const char *scenario, const char *metric, double value);

/// Prints a reason and exits with the code 1.
__attribute__((noreturn)) void fail(const char *what);
