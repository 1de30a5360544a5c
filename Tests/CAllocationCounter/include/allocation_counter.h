// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#ifndef SWIFT_REACTOR_ALLOCATION_COUNTER_H
#define SWIFT_REACTOR_ALLOCATION_COUNTER_H

#include <stdbool.h>

/// Returns whether this build counts allocations. A build with a sanitizer does not, because the
/// sanitizer needs its own allocator.
bool allocation_counter_is_built_in(void);

/// Returns how many times the calling thread has allocated or reallocated memory.
unsigned long allocation_counter_of_thread(void);

#endif
