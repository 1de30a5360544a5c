// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// A pool of stacks for children.
//
// Each spawn takes a stack out of the pool or maps a new one, so two threads never use the same
// stack. The pool keeps at most POOL_SIZE stacks. It uses atomic exchanges instead of a lock: if
// the host process forks while another thread spawns, its child could never acquire such a lock.

#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

/// The size of a stack in bytes. The child needs a few hundred bytes, and the kernel does not use
/// this stack in execve.
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

    // An overflow has to reach the guard page instead of other memory of the host process.
    size_t guard = (size_t)sysconf(_SC_PAGESIZE);
    char *mapping = mmap(
        NULL, guard + STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
        -1, 0);
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
