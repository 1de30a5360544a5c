// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The arguments of this program as the kernel passed them.

#include "cspawn.h"

static char *const *arguments;
static int count;

/// Remembers the arguments before main runs.
///
/// The dynamic loader of glibc passes them to each constructor. The C standard does not promise
/// that, but /proc/self/cmdline, the only other source for code outside of main, may be missing.
__attribute__((constructor)) static void remember(int argc, char **argv)
{
    count = argc;
    arguments = argv;
}

char *const *cspawn_arguments(int *argument_count)
{
    *argument_count = count;
    return arguments;
}
