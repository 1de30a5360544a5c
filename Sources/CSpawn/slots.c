// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Low descriptors that stand in for the ends of pipes while a child is made: see struct cspawn_slots.

#define _GNU_SOURCE
#include "internal.h"
#include "kernel.h"

#include <fcntl.h>

/// /dev/null, and never as 0, 1 or 2: where one of these is closed somebody may write there all the same.
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
        // The lowest that is free, so they come in ascending order.
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
    // Tables come in whole words: who is in the word of the last slot is low enough.
    int low = slots->numbers[slots->count - 1] | (KERNEL_TABLE_WORD - 1);
    int used = 0;
    for (int i = 0; i < request->descriptor_count && used < slots->count; i++) {
        int source = request->descriptors[i].source;
        // One that is not open stays as it is: the child finds it out, and says so.
        if (source <= low || raw_call(SYS_dup3, source, slots->numbers[used], O_CLOEXEC, 0, 0) < 0)
            continue;
        // The same source may be there several times, a terminal three times.
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
    // With the end of a pipe left in there nobody would ever see that pipe's end. It cannot fail: both
    // are open.
    for (int i = 0; i < used; i++)
        raw_call(SYS_dup3, request->slots->null, request->slots->numbers[i], O_CLOEXEC, 0, 0);
}
