// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The two ways to make a child that shares our memory while we wait for its execve: see clone(2).
//
// exit_signal is 0 in both: execve sets it to SIGCHLD, so the host sees an ordinary child, but
// neither a SIGCHLD nor a status for waitpid(-1) of one that never got that far. Who waits for it
// says __WALL.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <sched.h>
#include <string.h>

#define COMMON_FLAGS (CLONE_VM | CLONE_VFORK | KERNEL_CLONE_PIDFD)

#if defined(__x86_64__)

/// clone3 with the child starting on another stack: that cannot be said in C, because the child
/// would return into a frame that is not on its stack. The kernel keeps all registers but rax, rcx
/// and r11 in both, so the child finds its function and argument in them, and calls on a stack
/// whose end is aligned to 16, as the ABI wants it.
static long clone3_calling(
    struct kernel_clone_args *arguments,
    int (*function)(void *),
    void *argument
)
{
    register int (*in_r8)(void *) __asm__("r8") = function;
    register void *in_rdx __asm__("rdx") = argument;
    long result;
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"  // the end of the frames, for debuggers
        "mov %%rdx, %%rdi\n\t"
        "call *%%r8\n\t"
        "ud2\n"
        "1:"
        : "=a"(result)
        : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(in_r8), "r"(in_rdx)
        : "rcx", "r11", "memory", "cc"
    );
    return result;
}

long cspawn_clone3(struct cspawn_child *child, const struct cspawn_stack *stack)
{
    struct kernel_clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = COMMON_FLAGS | KERNEL_CLONE_CLEAR_SIGHAND
        | (child->shares_descriptors ? CLONE_FILES : 0);
    arguments.pidfd = (uint64_t)(uintptr_t)&child->pidfd;
    arguments.stack = (uint64_t)(uintptr_t)stack->lowest;
    arguments.stack_size = stack->size;
    return clone3_calling(&arguments, cspawn_child_main, child);
}

#else

long cspawn_clone3(struct cspawn_child *child, const struct cspawn_stack *stack)
{
    (void)child;
    (void)stack;
    return -ENOSYS;
}

#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER
#endif
#endif

#if defined(__SANITIZE_THREAD__) || defined(THREAD_SANITIZER)
/// glibc's other name for it. The thread sanitizer takes a call of `clone` for a fork, and then stops
/// the program at its next new thread.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

long cspawn_clone(struct cspawn_child *child, const struct cspawn_stack *stack)
{
    int flags = (int)COMMON_FLAGS | (child->shares_descriptors ? CLONE_FILES : 0);
    // With CLONE_PIDFD the place for the parent's thread id is the place for the pidfd.
    int pid = clone(cspawn_child_main, stack->lowest + stack->size, flags, child, &child->pidfd);
    return pid == -1 ? -errno : pid;
}
