// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Raw system calls, and the kernel's constants that the headers of Debian 12 do not have yet.
//
// A child that shares our memory also shares the thread-local storage of the thread that made it,
// so libc's wrappers would change that thread's errno, and some are cancellation points. These
// return -errno as the kernel does and touch nothing else.

#ifndef SWIFT_REACTOR_KERNEL_H
#define SWIFT_REACTOR_KERNEL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(long) == 8, "the layouts in this directory are those of 64-bit kernels");

/// For everything that runs in the child: no code of a sanitizer, profiler or stack protector,
/// which would look for its state (shadow memory, canary, stack bounds) on a stack that it does not
/// know.
#if defined(__clang__)
#define CSPAWN_IN_CHILD \
    __attribute__((no_stack_protector, no_sanitize("all"), disable_sanitizer_instrumentation, \
                   no_profile_instrument_function, no_instrument_function))
#else
#define CSPAWN_IN_CHILD \
    __attribute__((no_stack_protector, no_sanitize("all"), no_profile_instrument_function, \
                   no_instrument_function))
#endif

#define CSPAWN_RAW CSPAWN_IN_CHILD __attribute__((always_inline)) static inline

/// One entry for all: unused arguments are 0. See syscall(2) for the registers.
CSPAWN_RAW long raw_call(long number, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory", "cc");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
                     : "memory", "cc");
    return x0;
#else
    // Changes errno, in the child too; cspawn_spawn puts it back.
    long result = syscall(number, a, b, c, d, e);
    return result == -1 ? -errno : result;
#endif
}

/// The number of bytes of the kernel's signal set, which is not that of glibc's sigset_t.
#define KERNEL_SIGSET_SIZE 8
#define KERNEL_SIGNAL_COUNT 64
/// Those with names; the rest are the real-time signals.
#define KERNEL_NAMED_SIGNAL_COUNT 31
/// Sets of signals as the kernel has them: signal 1 is the lowest bit.
#define KERNEL_SIGNAL_BIT(signal) (UINT64_C(1) << ((signal) - 1))
#define KERNEL_NAMED_SIGNALS (KERNEL_SIGNAL_BIT(KERNEL_NAMED_SIGNAL_COUNT + 1) - 1)

/// How many descriptors one word of a table's bit maps stands for; no table is smaller.
#define KERNEL_TABLE_WORD 64

/// Headers: <linux/sched.h>, 5.5.
#define KERNEL_CLONE_CLEAR_SIGHAND 0x100000000ULL
#define KERNEL_CLONE_PIDFD 0x00001000ULL

/// <linux/close_range.h>, 5.9 and 5.11.
#define KERNEL_CLOSE_RANGE_UNSHARE (1U << 1)
#define KERNEL_CLOSE_RANGE_CLOEXEC (1U << 2)

/// <linux/wait.h>, 5.4.
#define KERNEL_P_PIDFD 3

/// <linux/pidfd.h>, 6.9.
#define KERNEL_PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)

/// <linux/sched.h>: the first version of struct clone_args, 5.3. See clone(2).
struct kernel_clone_args {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
};

/// <linux/pidfd.h>: the first version of struct pidfd_info, 6.13; the exit code is given since
/// 6.15.
struct kernel_pidfd_info {
    uint64_t mask;
    uint64_t cgroup_id;
    uint32_t pid, tgid, ppid;
    uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};
_Static_assert(sizeof(struct kernel_pidfd_info) == 64, "its size is part of the ioctl's number");

#define KERNEL_PIDFD_GET_INFO _IOWR(0xFF, 11, struct kernel_pidfd_info)
#define KERNEL_PIDFD_INFO_EXIT (1ULL << 3)

#endif
