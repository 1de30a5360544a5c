// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The parent's side of spawn.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

/// Whether close_range knows CLOSE_RANGE_CLOEXEC: asked once, of a range in which nothing is.
static int has_close_range(void)
{
    enum { UNKNOWN, MISSING, PRESENT };
    static atomic_int answer = UNKNOWN;
    if (atomic_load(&answer) == UNKNOWN) {
        long result =
            raw_call(SYS_close_range, ~0U, ~0U, KERNEL_CLOSE_RANGE_CLOEXEC, 0, 0);
        atomic_store(&answer, result == 0 ? PRESENT : MISSING);
    }
    return atomic_load(&answer) == PRESENT;
}

/// Those of the real-time signals that this process ignores, a bit each: asked once. 33 more resets in
/// each child, while we wait for it, are a tenth of what it does before execve, and nearly nobody
/// ignores more than 32 and 33, which glibc's posix_spawn leaves ignored in what it starts.
static uint64_t ignored_real_time_signals(void)
{
    // The first bit, which is no real-time signal's, says that it is known.
    static _Atomic uint64_t answer = 0;
    if (atomic_load(&answer) == 0) {
        uint64_t found = 1;
        for (int signal = KERNEL_NAMED_SIGNAL_COUNT + 1; signal <= KERNEL_SIGNAL_COUNT; signal++) {
            // struct sigaction of the kernel, which begins with the handler.
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

/// What the child cannot find out or must not try. Sets `*step` if it is wrong.
static int check(const struct cspawn_request *request, int *step)
{
    if (request->candidates == NULL || request->candidates[0] == NULL) {
        *step = CSPAWN_STEP_EXEC;
        return -EINVAL;
    }
    if (request->terminal < 0)
        return 0;
    // A terminal that is not in the map would be whatever the parent has at that number.
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
    // close_range with CLOSE_RANGE_UNSHARE is what makes sharing them harmless.
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

/// Makes the child by the way that was asked for, or by the best that the system allows.
static long make(struct cspawn_child *child, const struct cspawn_stack *stack, int *path)
{
    if (child->request->path != CSPAWN_PATH_CLONE) {
        // CLONE_CLEAR_SIGHAND is for those with a handler, so only ignored ones are left.
        child->signals = KERNEL_NAMED_SIGNALS | ignored_real_time_signals();
        long pid = cspawn_clone3(child, stack);
        *path = CSPAWN_PATH_CLONE3;
        // ENOSYS: before 5.3; EINVAL: before 5.5 (CLEAR_SIGHAND); ENOSYS, EPERM: filters of
        // containers.
        int refused = pid == -ENOSYS || pid == -EPERM || pid == -EINVAL;
        if (!refused || child->request->path == CSPAWN_PATH_CLONE3)
            return pid;
    }
    child->signals = ~UINT64_C(0);
    *path = CSPAWN_PATH_CLONE;
    return cspawn_clone(child, stack);
}

/// Takes away the child that failed, so that nobody hears of it.
static void bury(int pidfd)
{
    long result;
    do {
        result = raw_call(SYS_waitid, KERNEL_P_PIDFD, pidfd, 0, WEXITED | __WALL, 0);
    } while (result == -EINTR);
    close(pidfd);
}

/// Makes the child with all signals blocked: it starts with our mask, so no handler of ours can run
/// in it before its dispositions are its own. The call is raw because glibc's leaves its two
/// internal signals (32 and 33) open. Cancellation is off because nothing here may be left half
/// done.
static long make_undisturbed(
    const struct cspawn_request *request,
    struct cspawn_child *child,
    const struct cspawn_stack *stack,
    struct cspawn_result *result
)
{
    const uint64_t all = ~UINT64_C(0);
    uint64_t previous = 0;
    int cancellation;
    int error = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellation);
    raw_call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)&previous, KERNEL_SIGSET_SIZE, 0);

    int used = cspawn_slots_occupy(request);
    prepare(child, request);
    long pid = make(child, stack, &result->path);
    cspawn_slots_vacate(request, used);
    if (pid >= 0 && child->error != 0 && child->pidfd >= 0)
        bury(child->pidfd);

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
        outcome = make_undisturbed(request, &child, &stack, result);
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
