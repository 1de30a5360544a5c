// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a child and signaling it through its pidfd. See waitid(2), PIDFD_GET_INFO(2const)
// and pidfd_send_signal(2).
//
// A signal through a pidfd never reaches another process that has the same process ID, because the
// pidfd refers to one process even after that process was reaped.

#define _GNU_SOURCE
#include "cspawn.h"
#include "kernel.h"

#include <signal.h>
#include <stdatomic.h>
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

/// Asks the kernel for the status of a child that other code in this process reaped.
///
/// The kernel provides this status only for a reaped child, and not for a zombie, so cspawn_wait
/// calls waitid first. The status becomes available a moment after the child was reaped. Until the
/// pidfd reports a hang-up, the kind can therefore change from CSPAWN_EXIT_LOST to another one.
static void ask_pidfd(int pidfd, struct cspawn_exit *exit)
{
    struct kernel_pidfd_info info;
    memset(&info, 0, sizeof info);
    info.mask = KERNEL_PIDFD_INFO_EXIT;
    exit->kind = CSPAWN_EXIT_LOST;
    long result = raw_call(SYS_ioctl, pidfd, (long)KERNEL_PIDFD_GET_INFO, (long)&info, 0, 0);
    // The kernel clears the bits of the information that it does not have.
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

    // The call is raw because waitid of glibc lacks the fifth argument, which receives the resource
    // usage of this child. __WALL includes a child that died before its execve (see clone.c).
    int options = WEXITED | WNOHANG | __WALL | (reap ? 0 : WNOWAIT);
    long result =
        raw_call(SYS_waitid, KERNEL_P_PIDFD, pidfd, (long)&information, options, (long)&usage);
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
        // The kernel checks the flags before the descriptor, so EBADF means that it knows the flag.
        int result = cspawn_signal_group(-1, 0);
        atomic_store(&answer, result == -EBADF ? YES : NO);
    }
    return atomic_load(&answer) == YES;
}
