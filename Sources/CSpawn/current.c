// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Thread-local variables, which hold the current reactor and the current mailbox of each thread.

#include "cspawn.h"

static __thread void *current;
static __thread void *current_handle;

void *cspawn_current(void)
{
    return current;
}

void cspawn_set_current(void *value)
{
    current = value;
}

void *cspawn_current_handle(void)
{
    return current_handle;
}

void cspawn_set_current_handle(void *value)
{
    current_handle = value;
}
