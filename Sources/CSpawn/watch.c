// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Signal handlers that only write a byte to a descriptor: see signal-safety(7).

#define _GNU_SOURCE
#include "cspawn.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SIGNAL_COUNT 64

struct watch {
    /// 0: not watched; otherwise the descriptor plus one. Read by the handler, so atomic.
    atomic_int descriptor_plus_one;
    struct sigaction previous;
};

static struct watch watches[SIGNAL_COUNT + 1];

/// Held by watch and unwatch, never by the handler.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void write_byte(int signal)
{
    int error = errno;
    int descriptor = atomic_load(&watches[signal].descriptor_plus_one) - 1;
    unsigned char byte = (unsigned char)signal;
    // A full pipe (EAGAIN) is fine: its reader has not yet seen what is in it and will look anyway.
    if (descriptor >= 0 && write(descriptor, &byte, 1) < 0) {
    }
    errno = error;
}

static int install(int signal, int descriptor)
{
    struct watch *watch = &watches[signal];
    if (atomic_load(&watch->descriptor_plus_one) != 0)
        return -EBUSY;

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = write_byte;
    sigemptyset(&action.sa_mask);
    // SA_ONSTACK: hosts whose threads have small stacks (Go's) set up another one for handlers.
    action.sa_flags = SA_RESTART | SA_ONSTACK;

    // First, since a signal may come before sigaction returns.
    atomic_store(&watch->descriptor_plus_one, descriptor + 1);
    if (sigaction(signal, &action, &watch->previous) != 0) {
        atomic_store(&watch->descriptor_plus_one, 0);
        return -errno;
    }
    return 0;
}

static int remove_handler(int signal)
{
    struct watch *watch = &watches[signal];
    if (atomic_load(&watch->descriptor_plus_one) == 0)
        return -EINVAL;

    struct sigaction now;
    if (sigaction(signal, NULL, &now) != 0)
        return -errno;
    int ours = (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == write_byte;
    if (ours && sigaction(signal, &watch->previous, NULL) != 0)
        return -errno;
    // After the handler has gone: a signal between the two would be lost the other way round.
    atomic_store(&watch->descriptor_plus_one, 0);
    return ours ? 0 : 1;
}

int cspawn_watch_signal(int signal, int descriptor)
{
    if (signal < 1 || signal > SIGNAL_COUNT || descriptor < 0)
        return -EINVAL;
    pthread_mutex_lock(&lock);
    int result = install(signal, descriptor);
    pthread_mutex_unlock(&lock);
    return result;
}

int cspawn_unwatch_signal(int signal)
{
    if (signal < 1 || signal > SIGNAL_COUNT)
        return -EINVAL;
    pthread_mutex_lock(&lock);
    int result = remove_handler(signal);
    pthread_mutex_unlock(&lock);
    return result;
}
