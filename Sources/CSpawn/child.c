// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// What the child does between clone and execve.
//
// It runs in the parent's memory, on a stack of its own, while the parent's thread waits (and only
// that one: others go on). So: raw system calls only, no libc, no lock, no allocation, nothing
// written but the report in struct cspawn_child and the sources. While `shares_descriptors` holds,
// also no descriptor opened, closed or changed: they are the parent's.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/// Shells give it too when they cannot run something. Nobody sees it: the parent reaps this child.
#define FAILED_EXIT_CODE 127

/// Where close_range is missing, descriptors above this stay as they are (fs.nr_open's default).
#define HIGHEST_DESCRIPTOR_SEARCHED (1 << 20)

__attribute__((noreturn)) CSPAWN_RAW void leave(void)
{
    for (;;)
        raw_call(SYS_exit_group, FAILED_EXIT_CODE, 0, 0, 0, 0);
}

/// Goes on if `result` is no error, else reports and ends the child.
CSPAWN_IN_CHILD static void require(struct cspawn_child *child, int step, long result)
{
    if (result >= 0)
        return;
    child->step = step;
    child->error = (int)-result;
    leave();
}

/// Signals, a bit each, to their default: CLONE_CLEAR_SIGHAND leaves ignored ones ignored, and plain
/// clone leaves the handlers too, which would run on the parent's memory once the mask is emptied.
CSPAWN_IN_CHILD static void reset_dispositions(uint64_t signals)
{
    // struct sigaction of the kernel, all zero: SIG_DFL whatever the order of its members.
    const volatile long defaults[5] = {0, 0, 0, 0, 0};
    signals &= ~(KERNEL_SIGNAL_BIT(SIGKILL) | KERNEL_SIGNAL_BIT(SIGSTOP));
    for (int signal = 1; signal <= KERNEL_SIGNAL_COUNT; signal++) {
        if (signals & KERNEL_SIGNAL_BIT(signal))
            raw_call(SYS_rt_sigaction, signal, (long)defaults, 0, KERNEL_SIGSET_SIZE, 0);
    }
}

CSPAWN_IN_CHILD static long unblock_signals(void)
{
    const volatile uint64_t none = 0;
    return raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, KERNEL_SIGSET_SIZE, 0);
}

/// Marks every descriptor close-on-exec, by the slow way.
CSPAWN_IN_CHILD static void mark_each_close_on_exec(void)
{
    struct rlimit limit;
    limit.rlim_cur = 0;  // not "= {0, 0}": that may become a call of memset
    long highest = HIGHEST_DESCRIPTOR_SEARCHED;
    if (raw_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0) == 0
        && limit.rlim_cur < HIGHEST_DESCRIPTOR_SEARCHED)
        highest = (long)limit.rlim_cur;
    for (long descriptor = 0; descriptor < highest; descriptor++)
        raw_call(SYS_fcntl, descriptor, F_SETFD, FD_CLOEXEC, 0, 0);
}

/// Gives the child a table of descriptors of its own, with those that are sources and nothing
/// above: the kernel copies only that part, so the cost does not grow with what the parent has
/// open, if the sources are low.
CSPAWN_IN_CHILD static long unshare_descriptors(const struct cspawn_child *child)
{
    return raw_call(
        SYS_close_range, child->highest_source + 1, ~0U, KERNEL_CLOSE_RANGE_UNSHARE, 0, 0);
}

/// Makes the map true, swaps included, and everything else close-on-exec.
///
/// A source that is not above all targets is first copied there, so that no dup3 can overwrite a
/// source that is still needed, and none is of a number onto itself (which would keep
/// close-on-exec).
CSPAWN_IN_CHILD static long map_descriptors(const struct cspawn_child *child)
{
    struct cspawn_descriptor *descriptors = child->request->descriptors;
    int count = child->request->descriptor_count;

    for (int i = 0; i < count; i++) {
        if (descriptors[i].source > child->highest_target)
            continue;
        long copy = raw_call(
            SYS_fcntl, descriptors[i].source, F_DUPFD_CLOEXEC, child->highest_target + 1, 0, 0);
        if (copy < 0)
            return copy;
        descriptors[i].source = (int)copy;
    }

    if (!child->has_close_range) {
        mark_each_close_on_exec();
    } else {
        long result = raw_call(SYS_close_range, 0, ~0U, KERNEL_CLOSE_RANGE_CLOEXEC, 0, 0);
        if (result < 0)
            return result;
    }

    for (int i = 0; i < count; i++) {
        long result = raw_call(SYS_dup3, descriptors[i].source, descriptors[i].target, 0, 0, 0);
        if (result < 0)
            return result;
    }
    return 0;
}

/// PR_SET_PDEATHSIG(2const): the signal comes when the *thread* that made us ends. It does not come
/// if that has happened already, hence the look at the parent. (0: it is in another pid namespace.)
CSPAWN_IN_CHILD static long set_death_signal(const struct cspawn_child *child)
{
    long result = raw_call(SYS_prctl, PR_SET_PDEATHSIG, child->request->death_signal, 0, 0, 0);
    if (result < 0)
        return result;
    long parent = raw_call(SYS_getppid, 0, 0, 0, 0, 0);
    return parent == child->parent || parent == 0 ? 0 : -ESRCH;
}

/// Tries the candidates as execvp(3) does, but never by way of a shell. Returns why it did not
/// work.
CSPAWN_IN_CHILD static long execute(const struct cspawn_request *request)
{
    long reason = -ENOENT;
    for (const char *const *path = request->candidates; *path != 0; path++) {
        long result =
            raw_call(SYS_execve, (long)*path, (long)request->argv, (long)request->envp, 0, 0);
        if (result != -ENOENT && result != -ENOTDIR && result != -EACCES)
            return result;
        if (reason != -EACCES)
            reason = result;
    }
    return reason;
}

CSPAWN_IN_CHILD int cspawn_child_main(void *argument)
{
    struct cspawn_child *child = argument;
    const struct cspawn_request *request = child->request;

    // A kernel before 5.2 takes CLONE_PIDFD for nothing. It must not run what nobody can wait for.
    if (child->pidfd < 0)
        require(child, CSPAWN_STEP_CLONE, -ENOSYS);

    reset_dispositions(child->signals);

    if (request->grouping == CSPAWN_GROUPING_SESSION)
        require(child, CSPAWN_STEP_SESSION, raw_call(SYS_setsid, 0, 0, 0, 0, 0));
    else if (request->grouping == CSPAWN_GROUPING_GROUP)
        require(child, CSPAWN_STEP_GROUP, raw_call(SYS_setpgid, 0, 0, 0, 0, 0));

    if (child->shares_descriptors)
        require(child, CSPAWN_STEP_DESCRIPTORS, unshare_descriptors(child));
    require(child, CSPAWN_STEP_DESCRIPTORS, map_descriptors(child));

    if (request->terminal >= 0)
        require(child, CSPAWN_STEP_TERMINAL,
                raw_call(SYS_ioctl, request->terminal, TIOCSCTTY, 0, 0, 0));
    if (request->directory != 0)
        require(child, CSPAWN_STEP_DIRECTORY,
                raw_call(SYS_chdir, (long)request->directory, 0, 0, 0, 0));
    if (request->death_signal != 0)
        require(child, CSPAWN_STEP_DEATH_SIGNAL, set_death_signal(child));

    // Last: from here on a signal can end the child.
    require(child, CSPAWN_STEP_SIGNALS, unblock_signals());
    require(child, CSPAWN_STEP_EXEC, execute(request));
    leave();
}
