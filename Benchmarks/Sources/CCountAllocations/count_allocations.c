// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Counts the allocations of a process. LD_PRELOAD loads this library before the C library. When the
// process exits, the library prints the count in the format of the scenarios.

#define _GNU_SOURCE
#include "count_allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// The allocator of the C library. The library exports these names for replacements of malloc.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong allocations;

unsigned long bench_allocation_count(void)
{
    return atomic_load(&allocations);
}

static void count(void)
{
    atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed);
}

void *malloc(size_t size)
{
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    count();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    count();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

__attribute__((destructor)) static void print_count(void)
{
    char text[64];
    int length = snprintf(text, sizeof text, "all allocations %lu\n", bench_allocation_count());
    if (write(STDOUT_FILENO, text, (size_t)length) < 0)
        return;  // The reader is gone.
}
