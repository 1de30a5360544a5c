// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#pragma once

/// How often memory was allocated or moved so far, by any thread.
unsigned long bench_allocation_count(void);
