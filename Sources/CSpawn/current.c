// swift-reactor
// SPDX-License-Identifier: Apache-2.0

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
