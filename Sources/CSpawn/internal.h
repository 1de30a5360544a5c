// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// What the files of the spawn call share with each other.

#ifndef SWIFT_REACTOR_CSPAWN_INTERNAL_H
#define SWIFT_REACTOR_CSPAWN_INTERNAL_H

#include "cspawn.h"

#include <sys/types.h>

#pragma GCC visibility push(hidden)

/// Lives on the parent's stack while the parent waits; the child reads its orders from it and
/// leaves its report in it. This is what CLONE_VM is for: an error pipe would have to be closed by
/// exec, after all the other descriptors (0.8 ms with 8,000 of them).
struct cspawn_child {
    const struct cspawn_request *request;
    /// getpid() of the parent, to see whether it went before the death signal was set.
    pid_t parent;
    /// The child was made with CLONE_FILES: the parent's descriptors are its own until it unshares
    /// them.
    int shares_descriptors;
    /// close_range with CLOSE_RANGE_CLOEXEC (5.11) is there.
    int has_close_range;
    /// The signals that may not have their default action in the child, a bit each.
    uint64_t signals;
    /// -1 if there is no descriptor at all.
    int highest_source;
    int highest_target;
    /// Written by the kernel before the child runs.
    int pidfd;

    /// The child's report: step and (positive) errno, both 0 if it got through to execve.
    volatile int step;
    volatile int error;
};

/// The child's whole life, from clone to execve. Does not return. (int: clone's signature.)
int cspawn_child_main(void *child);

/// Puts sources that are above the slots into them, as many as there is room for, and changes the
/// request's map accordingly. Returns how many slots that took.
int cspawn_slots_occupy(const struct cspawn_request *request);

/// Makes that many slots what they were.
void cspawn_slots_vacate(const struct cspawn_request *request, int used);

/// A stack for a child, and its size without the guard page below it.
struct cspawn_stack {
    char *lowest;
    size_t size;
};

/// Takes a stack from the pool, or makes one. 0 or -errno.
int cspawn_stack_take(struct cspawn_stack *stack);
void cspawn_stack_give(const struct cspawn_stack *stack);

/// Makes the child by clone3, on `stack`. Returns its pid once it has called execve or gone, or
/// -errno; -ENOSYS also where nobody wrote the assembler for this architecture.
long cspawn_clone3(struct cspawn_child *child, const struct cspawn_stack *stack);

/// The same by glibc's clone.
long cspawn_clone(struct cspawn_child *child, const struct cspawn_stack *stack);

#pragma GCC visibility pop

#endif
