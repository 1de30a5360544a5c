// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Raw system calls, and kernel constants that the headers of Debian 12 do not define.
//
// A child that shares the memory of the parent also shares the thread-local storage of the thread
// that created it. The wrappers of libc would change errno of that thread, and some of them are
// cancellation points. A raw call returns -errno, as the kernel does, and has no other effect.

#ifndef SWIFT_REACTOR_KERNEL_H
#define SWIFT_REACTOR_KERNEL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

_Static_assert(sizeof(long) == 8, "this directory supports only 64-bit kernels");

/// The attributes of each function that runs in the child. They keep sanitizers, profilers and the
/// stack protector from adding code, because that code expects its state (shadow memory, canary,
/// stack bounds) to belong to the current stack, and the child runs on a stack it does not know.
#if defined(__clang__)
#define CSPAWN_IN_CHILD \
    __attribute__(( \
        no_stack_protector, no_sanitize("all"), disable_sanitizer_instrumentation, \
        no_profile_instrument_function, no_instrument_function))
#else
#define CSPAWN_IN_CHILD \
    __attribute__(( \
        no_stack_protector, no_sanitize("all"), no_profile_instrument_function, \
        no_instrument_function))
#endif

#define CSPAWN_RAW CSPAWN_IN_CHILD __attribute__((always_inline)) static inline

/// Makes a system call with at most five arguments; pass 0 for those that the call does not have.
/// See syscall(2) for the registers.
CSPAWN_RAW long raw_call(long number, long a, long b, long c, long d, long e)
{
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    // clang-format off
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory", "cc");
    // clang-format on
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    // clang-format off
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
                     : "memory", "cc");
    // clang-format on
    return x0;
#else
    // This changes errno, in the child too. cspawn_spawn restores it.
    long result = syscall(number, a, b, c, d, e);
    return result == -1 ? -errno : result;
#endif
}

/// The size of a signal set of the kernel in bytes. It is smaller than sigset_t of glibc.
#define KERNEL_SIGSET_SIZE 8
#define KERNEL_SIGNAL_COUNT 64
/// The number of standard signals. The signals with higher numbers are the real-time signals.
#define KERNEL_NAMED_SIGNAL_COUNT 31
/// The bit of a signal in a signal set of the kernel. Signal 1 has the lowest bit.
// clang-format off: version 14 takes the parenthesis for a cast
#define KERNEL_SIGNAL_BIT(signal) (UINT64_C(1) << ((signal)-1))
// clang-format on
#define KERNEL_NAMED_SIGNALS (KERNEL_SIGNAL_BIT(KERNEL_NAMED_SIGNAL_COUNT + 1) - 1)

/// The number of descriptors in one word of the bit maps of a descriptor table. The size of a table
/// is a multiple of it.
#define KERNEL_TABLE_WORD 64

/// <linux/sched.h>: CLONE_CLEAR_SIGHAND since Linux 5.5, CLONE_PIDFD since Linux 5.2.
#define KERNEL_CLONE_CLEAR_SIGHAND 0x100000000ULL
#define KERNEL_CLONE_PIDFD 0x00001000ULL

/// <linux/close_range.h>: UNSHARE since Linux 5.9, CLOEXEC since Linux 5.11.
#define KERNEL_CLOSE_RANGE_UNSHARE (1U << 1)
#define KERNEL_CLOSE_RANGE_CLOEXEC (1U << 2)

/// <linux/wait.h>, since Linux 5.4.
#define KERNEL_P_PIDFD 3

/// <linux/pidfd.h>, since Linux 6.9.
#define KERNEL_PIDFD_SIGNAL_PROCESS_GROUP (1U << 2)

/// <linux/sched.h>: the first version of struct clone_args, since Linux 5.3. See clone(2).
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

/// <linux/pidfd.h>: the first version of struct pidfd_info, since Linux 6.13. Linux 6.15 and later
/// fill in the exit code.
struct kernel_pidfd_info {
    uint64_t mask;
    uint64_t cgroup_id;
    uint32_t pid, tgid, ppid;
    uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
};
_Static_assert(sizeof(struct kernel_pidfd_info) == 64, "the number of the ioctl contains the size");

#define KERNEL_PIDFD_GET_INFO _IOWR(0xFF, 11, struct kernel_pidfd_info)
#define KERNEL_PIDFD_INFO_EXIT (1ULL << 3)

#endif
