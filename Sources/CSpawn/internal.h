// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Declarations that the source files of the spawn call share.

#ifndef SWIFT_REACTOR_CSPAWN_INTERNAL_H
#define SWIFT_REACTOR_CSPAWN_INTERNAL_H

#include "cspawn.h"

#include <sys/types.h>

#pragma GCC visibility push(hidden)

/// The data that the parent and the child exchange.
///
/// The structure is on the stack of the parent, which waits until the child has called execve.
/// The child reads its parameters from the structure and writes its report to it, because
/// CLONE_VM makes them share their memory. With an error pipe instead, the parent would have to
/// wait until execve has closed all other descriptors and then the pipe, which takes 0.8 ms for
/// 8,000 descriptors.
struct cspawn_child {
    const struct cspawn_request *request;
    /// The process ID of the parent, with which the child detects that the parent died before the
    /// child could set its death signal. 0 if there is no death signal.
    pid_t parent;
    /// Whether the clone uses CLONE_FILES. In that case the descriptor table of the child is that
    /// of the parent until the child unshares it.
    int shares_descriptors;
    /// Whether close_range(2) supports CLOSE_RANGE_CLOEXEC, which Linux 5.11 added.
    int has_close_range;
    /// The signals whose disposition may differ from the default in the child, as a bit set.
    uint64_t signals;
    /// The highest source of the descriptor map, or -1 if the map is empty.
    int highest_source;
    /// The highest target of the descriptor map, or -1 if the map is empty.
    int highest_target;
    /// The pidfd of the child. The kernel writes it before the child runs.
    int pidfd;

    /// The step that failed, or CSPAWN_STEP_NONE. The child writes it.
    volatile int step;
    /// The errno value of the failure as a positive number, or 0. The child writes it.
    volatile int error;
};

/// Performs all steps of the child from the clone to execve. It does not return; the result type is
/// the one that clone(2) requires.
int cspawn_child_main(void *child);

/// Duplicates sources with high numbers into the slots, and replaces them in the map of
/// the request.
///
/// Returns the number of slots that the call used.
int cspawn_slots_occupy(const struct cspawn_request *request);

/// Makes the first `used` slots copies of /dev/null again.
void cspawn_slots_vacate(const struct cspawn_request *request, int used);

/// A stack for a child. `size` does not include the guard page below `lowest`.
struct cspawn_stack {
    char *lowest;
    size_t size;
};

/// Takes a stack from the pool, or maps a new one. Returns 0, or -errno.
int cspawn_stack_take(struct cspawn_stack *stack);

/// Returns a stack to the pool, or unmaps it if the pool is full.
void cspawn_stack_give(const struct cspawn_stack *stack);

/// Makes the child with clone3 and waits until it has called execve or exited.
///
/// Returns its process ID, or -errno. The error is -ENOSYS on architectures other than x86-64, for
/// which this library has no assembler code.
long cspawn_clone3(struct cspawn_child *child, const struct cspawn_stack *stack);

/// Does the same with the clone function of glibc, on all architectures.
long cspawn_clone(struct cspawn_child *child, const struct cspawn_stack *stack);

#pragma GCC visibility pop

#endif
