// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The part of a spawn that the parent executes.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

/// Returns whether close_range(2) supports CLOSE_RANGE_CLOEXEC. The first call tests it on a range
/// without descriptors, and later calls return the same answer.
static int has_close_range(void)
{
    enum { UNKNOWN, MISSING, PRESENT };
    static atomic_int answer = UNKNOWN;
    if (atomic_load(&answer) == UNKNOWN) {
        long result = raw_call(SYS_close_range, ~0U, ~0U, KERNEL_CLOSE_RANGE_CLOEXEC, 0, 0);
        atomic_store(&answer, result == 0 ? PRESENT : MISSING);
    }
    return atomic_load(&answer) == PRESENT;
}

/// Returns the real-time signals that this process ignores, as a bit set.
///
/// Only the first call asks the kernel, so a child inherits a real-time signal as ignored if
/// the process ignores it later. Resetting all 33 real-time signals in each child would take a
/// tenth of the time before execve, during which the parent waits. Almost every process ignores
/// none of them, or only 32 and 33, which posix_spawn of glibc leaves ignored in the programs
/// that it starts.
static uint64_t ignored_real_time_signals(void)
{
    // The lowest bit is not a real-time signal. It marks the answer as known.
    static _Atomic uint64_t answer = 0;
    if (atomic_load(&answer) == 0) {
        uint64_t found = 1;
        for (int signal = KERNEL_NAMED_SIGNAL_COUNT + 1; signal <= KERNEL_SIGNAL_COUNT; signal++) {
            // A struct sigaction of the kernel. Its first member is the handler.
            uintptr_t action[4];
            long result =
                raw_call(SYS_rt_sigaction, signal, 0, (long)action, KERNEL_SIGSET_SIZE, 0);
            if (result == 0 && action[0] == (uintptr_t)SIG_IGN)
                found |= KERNEL_SIGNAL_BIT(signal);
        }
        atomic_store(&answer, found);
    }
    return atomic_load(&answer) & ~UINT64_C(1);
}

/// Checks the parts of a request that the child cannot check. Returns 0, or -EINVAL with
/// `*step` set.
static int check(const struct cspawn_request *request, int *step)
{
    if (request->candidates == NULL || request->candidates[0] == NULL) {
        *step = CSPAWN_STEP_EXEC;
        return -EINVAL;
    }
    if (request->terminal < 0)
        return 0;
    // `terminal` must be a target of the map, because the child would otherwise use its copy of the
    // parent's descriptor with that number. It also needs a new session, because only the leader of
    // a session can get a controlling terminal.
    for (int i = 0; i < request->descriptor_count; i++) {
        if (request->descriptors[i].target == request->terminal
            && request->grouping == CSPAWN_GROUPING_SESSION)
            return 0;
    }
    *step = CSPAWN_STEP_TERMINAL;
    return -EINVAL;
}

static void prepare(struct cspawn_child *child, const struct cspawn_request *request)
{
    child->request = request;
    child->parent = request->death_signal != 0 ? getpid() : 0;
    child->has_close_range = has_close_range();
    // The child has to unshare the table before it changes descriptors, which takes close_range(2).
    child->shares_descriptors = child->has_close_range;
    child->highest_source = -1;
    child->highest_target = -1;
    child->pidfd = -1;
    child->step = CSPAWN_STEP_NONE;
    child->error = 0;
    for (int i = 0; i < request->descriptor_count; i++) {
        if (request->descriptors[i].source > child->highest_source)
            child->highest_source = request->descriptors[i].source;
        if (request->descriptors[i].target > child->highest_target)
            child->highest_target = request->descriptors[i].target;
    }
}

/// Makes the child with the requested method, or with the best one that the system allows.
static long make(struct cspawn_child *child, const struct cspawn_stack *stack, int *method)
{
    if (child->request->clone_method != CSPAWN_CLONE_METHOD_CLONE) {
        // CLONE_CLEAR_SIGHAND resets the signals that have a handler, so only ignored signals can
        // still differ from the default.
        child->signals = KERNEL_NAMED_SIGNALS | ignored_real_time_signals();
        long pid = cspawn_clone3(child, stack);
        *method = CSPAWN_CLONE_METHOD_CLONE3;
        // Linux before 5.3 returns ENOSYS, and Linux before 5.5 returns EINVAL because of
        // CLONE_CLEAR_SIGHAND. The seccomp filters of containers return ENOSYS or EPERM.
        int refused = pid == -ENOSYS || pid == -EPERM || pid == -EINVAL;
        if (!refused || child->request->clone_method == CSPAWN_CLONE_METHOD_CLONE3)
            return pid;
    }
    child->signals = ~UINT64_C(0);
    *method = CSPAWN_CLONE_METHOD_CLONE;
    return cspawn_clone(child, stack);
}

/// Reaps a child that failed before execve, and closes its pidfd.
static void reap_failed(int pidfd)
{
    long result;
    do {
        result = raw_call(SYS_waitid, KERNEL_P_PIDFD, pidfd, 0, WEXITED | __WALL, 0);
    } while (result == -EINTR);
    close(pidfd);
}

/// Makes the child while all signals are blocked and the thread cannot be cancelled.
///
/// The child inherits the signal mask, so no handler of the parent can run in the child before the
/// child has reset its dispositions. The mask is set with a raw call, because the function of glibc
/// never blocks its two internal signals, 32 and 33. A cancellation would leave the slots occupied.
static long make_uninterrupted(
    const struct cspawn_request *request,
    struct cspawn_child *child,
    const struct cspawn_stack *stack,
    struct cspawn_result *result)
{
    const uint64_t all = ~UINT64_C(0);
    uint64_t previous = 0;
    int cancellation;
    int error = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
    raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&previous, KERNEL_SIGSET_SIZE, 0);

    int used = cspawn_slots_occupy(request);
    prepare(child, request);
    long pid = make(child, stack, &result->clone_method);
    cspawn_slots_vacate(request, used);
    if (pid >= 0 && child->error != 0 && child->pidfd >= 0)
        reap_failed(child->pidfd);

    raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&previous, 0, KERNEL_SIGSET_SIZE, 0);
    pthread_setcancelstate(cancellation, NULL);
    errno = error;
    return pid;
}

int cspawn_spawn(const struct cspawn_request *request, struct cspawn_result *result)
{
    struct cspawn_child child;
    struct cspawn_stack stack;
    *result = (struct cspawn_result){.pid = -1, .pidfd = -1};

    int wrong = check(request, &result->step);
    if (wrong != 0)
        return wrong;

    long outcome = cspawn_stack_take(&stack);
    if (outcome == 0) {
        outcome = make_uninterrupted(request, &child, &stack, result);
        cspawn_stack_give(&stack);
    }

    if (outcome < 0) {
        result->step = CSPAWN_STEP_CLONE;
        return (int)outcome;
    }
    if (child.error != 0) {
        result->step = child.step;
        return -child.error;
    }
    result->pid = (pid_t)outcome;
    result->pidfd = child.pidfd;
    return 0;
}
