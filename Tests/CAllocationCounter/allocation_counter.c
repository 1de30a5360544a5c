// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Counts the allocations of each thread.
//
// The test program defines the allocation functions of the C library. All code in the process,
// including the runtime library of Swift, calls these definitions, which call the C library
// through its other names. Each thread has its own count, so other tests that run at the same time
// do not change the count of a test. free stays that of the C library, because all memory comes
// from there.

#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

// A sanitizer replaces the same functions, and these definitions would bypass its allocator.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

bool allocation_counter_is_built_in(void)
{
    return false;
}

unsigned long allocation_counter_of_thread(void)
{
    return 0;
}

#else

// The C library exports these names for replacements of malloc.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// The initial-exec model places the variable in memory that exists when the thread starts. Other
// models may allocate it at its first use, which would call malloc again.
static _Thread_local unsigned long allocations __attribute__((tls_model("initial-exec")));

bool allocation_counter_is_built_in(void)
{
    return true;
}

unsigned long allocation_counter_of_thread(void)
{
    return allocations;
}

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    allocations++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size)
{
    allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0)
        return EINVAL;
    // posix_memalign reports an error only through its result and does not change errno.
    int before = errno;
    void *place = memalign(alignment, size);
    errno = before;
    if (place == NULL)
        return ENOMEM;
    *memory = place;
    return 0;
}

#endif
