// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The steps of the child between the clone and execve.
//
// The child runs in the memory of the parent, on its own stack. The thread that created it waits,
// but the other threads of the parent continue. Therefore the child uses only raw system calls: it
// must not call libc, take a lock or allocate memory. The only memory that it writes, apart from
// its stack, is the report in struct cspawn_child and the sources of the descriptor map. While the
// child shares the descriptor table of the parent, it must not open, close or change a descriptor.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/// The exit code of a child that fails. It is the code with which shells report a command that they
/// did not find. The caller never sees it, because the parent reaps such a child.
#define FAILED_EXIT_CODE 127

/// The limit up to which the child marks descriptors where close_range(2) is missing. It is the
/// default of fs.nr_open. Descriptors above it stay open in the program that the child executes.
#define HIGHEST_DESCRIPTOR_SEARCHED (1 << 20)

__attribute__((noreturn)) CSPAWN_RAW void leave(void)
{
    for (;;)
        raw_call(SYS_exit_group, FAILED_EXIT_CODE, 0, 0, 0, 0);
}

/// Returns if `result` is not an error. Otherwise reports the error and exits.
CSPAWN_IN_CHILD static void require(struct cspawn_child *child, int step, long result)
{
    if (result >= 0)
        return;
    child->step = step;
    child->error = (int)-result;
    leave();
}

/// Sets the disposition of the given signals to the default.
///
/// CLONE_CLEAR_SIGHAND resets only signals with a handler and leaves ignored signals ignored.
/// Without it, a handler would run on the memory of the parent as soon as the child unblocks
/// its signals.
CSPAWN_IN_CHILD static void reset_dispositions(uint64_t signals)
{
    // A struct sigaction of the kernel. All members are 0, so their order does not matter.
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

/// Marks all descriptors close-on-exec one by one, where close_range(2) is missing.
CSPAWN_IN_CHILD static void mark_each_close_on_exec(void)
{
    struct rlimit limit;
    limit.rlim_cur = 0;  // An initializer could become a call to memset.
    long highest = HIGHEST_DESCRIPTOR_SEARCHED;
    if (raw_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0) == 0
        && limit.rlim_cur < HIGHEST_DESCRIPTOR_SEARCHED)
        highest = (long)limit.rlim_cur;
    for (long descriptor = 0; descriptor < highest; descriptor++)
        raw_call(SYS_fcntl, descriptor, F_SETFD, FD_CLOEXEC, 0, 0);
}

/// Gives the child its own descriptor table, without the descriptors above the highest source.
///
/// The kernel copies only the part of the table up to the highest source. If the sources have low
/// numbers, the time does not grow with the number of open descriptors of the parent.
CSPAWN_IN_CHILD static long unshare_descriptors(const struct cspawn_child *child)
{
    return raw_call(
        SYS_close_range, child->highest_source + 1, ~0U, KERNEL_CLOSE_RANGE_UNSHARE, 0, 0);
}

/// Applies the descriptor map and marks all other descriptors close-on-exec.
///
/// The map may swap descriptors. The function therefore first duplicates each source that is not
/// above all targets to a number above them. As a result, no dup3 overwrites a source that a later
/// entry needs, and no dup3 has equal arguments, which the system call rejects.
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

/// Requests a signal for the time when the thread that created the child ends.
/// See PR_SET_PDEATHSIG(2const).
///
/// The kernel sends no signal if the parent is dead already, so the function compares the parent
/// process ID afterwards. The ID is 0 if the parent is in another PID namespace.
CSPAWN_IN_CHILD static long set_death_signal(const struct cspawn_child *child)
{
    long result = raw_call(SYS_prctl, PR_SET_PDEATHSIG, child->request->death_signal, 0, 0, 0);
    if (result < 0)
        return result;
    long parent = raw_call(SYS_getppid, 0, 0, 0, 0, 0);
    return parent == child->parent || parent == 0 ? 0 : -ESRCH;
}

/// Executes the first candidate that works, as execvp(3) does, but never through a shell. Returns
/// only on failure, with the error.
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

    // Linux before 5.2 ignores CLONE_PIDFD. Without a pidfd, the parent could not wait for
    // the program.
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
        require(
            child, CSPAWN_STEP_TERMINAL,
            raw_call(SYS_ioctl, request->terminal, TIOCSCTTY, 0, 0, 0));
    if (request->directory != 0)
        require(
            child, CSPAWN_STEP_DIRECTORY,
            raw_call(SYS_chdir, (long)request->directory, 0, 0, 0, 0));
    if (request->death_signal != 0)
        require(child, CSPAWN_STEP_DEATH_SIGNAL, set_death_signal(child));

    // This is the last step before execve, because from here on a signal can kill the child.
    require(child, CSPAWN_STEP_SIGNALS, unblock_signals());
    require(child, CSPAWN_STEP_EXEC, execute(request));
    leave();
}
