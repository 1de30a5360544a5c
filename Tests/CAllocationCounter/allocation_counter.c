// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Counts what each thread allocates. The test program defines the C library's functions itself, so
// everything in the process, Swift's own library too, comes here and goes on to the C library under its
// other names. Other threads count for themselves: tests that run beside one that counts do not disturb it.
//
// free is the C library's own: what these return comes from its heap.

#include "allocation_counter.h"

#include <errno.h>
#include <stddef.h>

// A sanitizer puts its own functions there, and these would take its memory away from it.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

bool allocation_counter_is_built_in(void) {
    return false;
}

unsigned long allocation_counter_of_thread(void) {
    return 0;
}

#else

// The C library exports them for who replaces the others.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// Part of the thread's own block from its start: the other models may allocate it when it is first used,
// which would come back here.
static _Thread_local unsigned long allocations __attribute__((tls_model("initial-exec")));

bool allocation_counter_is_built_in(void) {
    return true;
}

unsigned long allocation_counter_of_thread(void) {
    return allocations;
}

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    allocations++;
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return EINVAL;
    }
    // The result says what went wrong; errno is the caller's.
    int before = errno;
    void *place = memalign(alignment, size);
    errno = before;
    if (place == NULL) {
        return ENOMEM;
    }
    *memory = place;
    return 0;
}

#endif
