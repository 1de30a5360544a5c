// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Orphans: processes whose parent has died. The kernel makes them children of process 1 of the PID
// namespace, or of the nearest ancestor that is a subreaper. See PR_SET_CHILD_SUBREAPER(2const).

#define _GNU_SOURCE
#include "cspawn.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int cspawn_adopts_orphans(void)
{
    int is_subreaper = 0;
    if (getpid() == 1)
        return 1;
    return prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper, 0, 0, 0) == 0 && is_subreaper;
}

int32_t cspawn_exited_child(void)
{
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) != 0)
        return errno == ECHILD ? 0 : -errno;
    return information.si_pid;
}

int cspawn_reap(int32_t pid)
{
    siginfo_t information;
    return waitid(P_PID, (id_t)pid, &information, WEXITED | WNOHANG) == 0 ? 0 : -errno;
}
