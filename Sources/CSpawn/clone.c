// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The two system calls that create a child, which shares the memory of the parent until it calls
// execve. See clone(2).
//
// The exit signal of the child is 0, and execve changes it to SIGCHLD. The host process therefore
// sees an ordinary child after execve. A child that fails before execve raises no SIGCHLD, and
// waitpid(-1) does not return it. Waiting for such a child requires the option __WALL.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <sched.h>
#include <string.h>

#define COMMON_FLAGS (CLONE_VM | CLONE_VFORK | KERNEL_CLONE_PIDFD)

#if defined(__x86_64__)

/// Calls clone3, and calls `function` in the child, on the new stack.
///
/// C code cannot do this, because the child would return into a frame that is not on its stack. The
/// kernel preserves all registers except rax, rcx and r11 in both processes, so the child finds the
/// function and its argument in registers. The top of the stack is aligned to 16 bytes, as the ABI
/// requires at a call.
static long
clone3_calling(struct kernel_clone_args *arguments, int (*function)(void *), void *argument)
{
    register int (*in_r8)(void *) __asm__("r8") = function;
    register void *in_rdx __asm__("rdx") = argument;
    long result;
    // clang-format off
    __asm__ volatile(
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "xor %%ebp, %%ebp\n\t"  // Marks the outermost frame for debuggers.
        "mov %%rdx, %%rdi\n\t"
        "call *%%r8\n\t"
        "ud2\n"
        "1:"
        : "=a"(result)
        : "0"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments), "r"(in_r8), "r"(in_rdx)
        : "rcx", "r11", "memory", "cc"
    );
    // clang-format on
    return result;
}

long cspawn_clone3(struct cspawn_child *child, const struct cspawn_stack *stack)
{
    struct kernel_clone_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags =
        COMMON_FLAGS | KERNEL_CLONE_CLEAR_SIGHAND | (child->shares_descriptors ? CLONE_FILES : 0);
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
/// The other name of clone in glibc. The thread sanitizer intercepts calls to `clone` as if they
/// were forks, and then stops the program when it creates its next thread.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

long cspawn_clone(struct cspawn_child *child, const struct cspawn_stack *stack)
{
    int flags = (int)COMMON_FLAGS | (child->shares_descriptors ? CLONE_FILES : 0);
    // With CLONE_PIDFD, the kernel stores the pidfd where the argument parent_tid points to.
    int pid = clone(cspawn_child_main, stack->lowest + stack->size, flags, child, &child->pidfd);
    return pid == -1 ? -errno : pid;
}
