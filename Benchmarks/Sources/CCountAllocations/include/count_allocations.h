// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#pragma once

/// Returns how many times all threads together have allocated or reallocated memory.
unsigned long bench_allocation_count(void);
