// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Signals through a pidfd, which never reach a stranger that got the number of a process that has
// gone: see pidfd_send_signal(2).

#define _GNU_SOURCE
#include "cspawn.h"
#include "kernel.h"

#include <stdatomic.h>

int cspawn_signal_leader(int pidfd, int signal)
{
    return (int)raw_call(SYS_pidfd_send_signal, pidfd, signal, 0, 0, 0);
}

int cspawn_signal_group(int pidfd, int signal)
{
    return (int)raw_call(
        SYS_pidfd_send_signal, pidfd, signal, 0, KERNEL_PIDFD_SIGNAL_PROCESS_GROUP, 0);
}

int cspawn_can_signal_group(void)
{
    enum { UNKNOWN, NO, YES };
    static atomic_int answer = UNKNOWN;
    if (atomic_load(&answer) == UNKNOWN) {
        // The flags are looked at before the descriptor: EBADF means that they are right.
        int result = cspawn_signal_group(-1, 0);
        atomic_store(&answer, result == -EBADF ? YES : NO);
    }
    return atomic_load(&answer) == YES;
}
