// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Workers that write lines at a steady rate. The first of a parent's workers writes the lines of all: each
// hands it the descriptor of its output. A thousand that wake up a hundred times a second each would keep two
// cores busy by themselves, and what was measured would be who of them was late. It begins when all are there,
// however long it took to start them.

#pragma once

/// Writes `rate` lines of 64 bytes a second to standard output, for so long; gives the exit code.
///
/// `workers` is how many workers there will be.
int write_lines(double seconds, double rate, int workers);
