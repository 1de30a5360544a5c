// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#ifndef SWIFT_REACTOR_ALLOCATION_COUNTER_H
#define SWIFT_REACTOR_ALLOCATION_COUNTER_H

#include <stdbool.h>

/// Whether this build counts: one with a sanitizer, which needs an allocator of its own, does not.
bool allocation_counter_is_built_in(void);

/// How often the calling thread has allocated memory, or changed the size of some, so far.
unsigned long allocation_counter_of_thread(void);

#endif
