// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The reserved descriptors with low numbers. See struct cspawn_slots.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <fcntl.h>

/// Opens /dev/null as a descriptor above 2. Returns the descriptor, or -errno.
///
/// If a standard descriptor is closed, it has to stay closed: other code could still write to it,
/// and during a spawn a slot refers to the stream of a child.
static int open_null(void)
{
    int first = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (first < 0)
        return -errno;
    if (first > STDERR_FILENO)
        return first;
    int other = fcntl(first, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close(first);
    return other < 0 ? -error : other;
}

int cspawn_slots_reserve(struct cspawn_slots *slots)
{
    slots->count = 0;
    slots->null = open_null();
    if (slots->null < 0) {
        int error = slots->null;
        slots->null = -1;
        return error;
    }
    while (slots->count < CSPAWN_SLOT_COUNT) {
        // Each call returns the lowest free descriptor, so the slots are in ascending order.
        int slot = fcntl(slots->null, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        if (slot < 0)
            break;
        slots->numbers[slots->count++] = slot;
    }
    return 0;
}

void cspawn_slots_release(struct cspawn_slots *slots)
{
    while (slots->count > 0)
        close(slots->numbers[--slots->count]);
    if (slots->null >= 0)
        close(slots->null);
    slots->null = -1;
}

int cspawn_slots_occupy(const struct cspawn_request *request)
{
    const struct cspawn_slots *slots = request->slots;
    if (slots == NULL || slots->count == 0)
        return 0;
    // The kernel copies whole words of the table, so any descriptor in the word of the last slot is
    // low enough.
    int low = slots->numbers[slots->count - 1] | (KERNEL_TABLE_WORD - 1);
    int used = 0;
    for (int i = 0; i < request->descriptor_count && used < slots->count; i++) {
        int source = request->descriptors[i].source;
        // A source that is not open stays in the map. The child reports the error.
        if (source <= low || raw_call(SYS_dup3, source, slots->numbers[used], O_CLOEXEC, 0, 0) < 0)
            continue;
        // A source can occur several times in the map, for example a terminal three times.
        for (int j = i; j < request->descriptor_count; j++) {
            if (request->descriptors[j].source == source)
                request->descriptors[j].source = slots->numbers[used];
        }
        used++;
    }
    return used;
}

void cspawn_slots_vacate(const struct cspawn_request *request, int used)
{
    // A slot must not keep an end of a pipe open, because the reader of the pipe would never see
    // its end of file. The call cannot fail, because both descriptors are open.
    for (int i = 0; i < used; i++)
        raw_call(SYS_dup3, request->slots->null, request->slots->numbers[i], O_CLOEXEC, 0, 0);
}
