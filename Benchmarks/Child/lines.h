// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Workers that write lines at a steady rate.
//
// The first worker of a parent is the writer. All other workers pass it the descriptor of their
// output, and the writer writes the lines of all workers. A thousand processes that wake up a
// hundred times per second each would keep two cores busy, and the benchmark would measure how late
// they are. The writer starts when all workers have passed their descriptors, however long it took
// to start them.

#pragma once

/// Writes `rate` lines of 64 bytes per second to standard output, for the given number of seconds.
///
/// `workers` is the number of workers that the parent starts, including this one. Returns the exit
/// code of the worker.
int write_lines(double seconds, double rate, int workers);
