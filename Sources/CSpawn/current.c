// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// A thread-local variable, which holds the current reactor of each thread.

#include "cspawn.h"

static __thread void *current;

void *cspawn_current(void)
{
    return current;
}

void cspawn_set_current(void *value)
{
    current = value;
}
