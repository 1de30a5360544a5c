// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Stacks for children. As many exist as threads have ever spawned at the same moment (at most
// POOL_SIZE are kept), so two reactors in two threads never share one. Slots are exchanged
// atomically instead of under a lock: a host that forks while another thread spawns leaves no lock
// held for ever in its child.

#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

/// The child needs some hundred bytes; the kernel's own part of execve does not use it.
#define STACK_SIZE (32 * 1024)
#define POOL_SIZE 8

static _Atomic(char *) pool[POOL_SIZE];

int cspawn_stack_take(struct cspawn_stack *stack)
{
    stack->size = STACK_SIZE;
    for (int slot = 0; slot < POOL_SIZE; slot++) {
        stack->lowest = atomic_exchange(&pool[slot], NULL);
        if (stack->lowest != NULL)
            return 0;
    }

    // An overflow must hit the guard, not the host's memory below.
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *mapping = mmap(NULL, guard + STACK_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED)
        return -errno;
    if (mprotect(mapping, guard, PROT_NONE) != 0) {
        int error = errno;
        munmap(mapping, guard + STACK_SIZE);
        return -error;
    }
    stack->lowest = mapping + guard;
    return 0;
}

void cspawn_stack_give(const struct cspawn_stack *stack)
{
    for (int slot = 0; slot < POOL_SIZE; slot++) {
        char *empty = NULL;
        if (atomic_compare_exchange_strong(&pool[slot], &empty, stack->lowest))
            return;
    }
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    munmap(stack->lowest - guard, guard + stack->size);
}
