// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// How a child ended: see waitid(2) and PIDFD_GET_INFO(2const).

#define _GNU_SOURCE
#include "cspawn.h"
#include "kernel.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static int kind_of_code(int code)
{
    switch (code) {
    case CLD_EXITED: return CSPAWN_EXIT_EXITED;
    case CLD_DUMPED: return CSPAWN_EXIT_DUMPED;
    default: return CSPAWN_EXIT_SIGNALED;
    }
}

/// Asks the kernel how a child ended that somebody else has reaped. It says so only after that (and
/// a moment later), never of a zombie: hence waitid first, and LOST may turn into a status until
/// the pidfd reports a hang-up.
static void ask_pidfd(int pidfd, struct cspawn_exit *exit)
{
    struct kernel_pidfd_info info;
    memset(&info, 0, sizeof info);
    info.mask = KERNEL_PIDFD_INFO_EXIT;
    exit->kind = CSPAWN_EXIT_LOST;
    long result = raw_call(SYS_ioctl, pidfd, (long)KERNEL_PIDFD_GET_INFO, (long)&info, 0, 0);
    // The kernel clears the bits of what it does not know.
    if (result < 0 || (info.mask & KERNEL_PIDFD_INFO_EXIT) == 0)
        return;

    if (WIFEXITED(info.exit_code)) {
        exit->kind = CSPAWN_EXIT_EXITED;
        exit->value = WEXITSTATUS(info.exit_code);
    } else {
        exit->kind = WCOREDUMP(info.exit_code) ? CSPAWN_EXIT_DUMPED : CSPAWN_EXIT_SIGNALED;
        exit->value = WTERMSIG(info.exit_code);
    }
}

int cspawn_wait(int pidfd, int reap, struct cspawn_exit *exit)
{
    siginfo_t information;
    struct rusage usage;
    memset(exit, 0, sizeof *exit);
    memset(&information, 0, sizeof information);
    memset(&usage, 0, sizeof usage);

    // Raw, because glibc's waitid has no fifth argument: the usage of this one child.
    // __WALL: a child that was killed before its execve has no exit signal yet (clone.c).
    int options = WEXITED | WNOHANG | __WALL | (reap ? 0 : WNOWAIT);
    long result = raw_call(
        SYS_waitid, KERNEL_P_PIDFD, pidfd, (long)&information, options, (long)&usage);
    if (result == -ECHILD) {
        ask_pidfd(pidfd, exit);
        return 0;
    }
    if (result < 0)
        return (int)result;
    if (information.si_pid == 0)
        return 0;

    exit->kind = kind_of_code(information.si_code);
    exit->value = information.si_status;
    exit->has_usage = 1;
    exit->usage.user_microseconds = microseconds(usage.ru_utime);
    exit->usage.system_microseconds = microseconds(usage.ru_stime);
    exit->usage.max_resident_kibibytes = usage.ru_maxrss;
    return 0;
}
