// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// A signal handler that writes a byte to a descriptor, and does nothing else. See signal-safety(7).

#define _GNU_SOURCE
#include "cspawn.h"
#include "kernel.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define SIGNAL_COUNT 64

struct watch {
    /// The descriptor plus one, or 0 if the signal is not watched. It is atomic because the handler
    /// reads it.
    atomic_int descriptor_plus_one;
    /// The disposition that cspawn_unwatch_signal restores.
    struct sigaction previous;
};

static struct watch watches[SIGNAL_COUNT + 1];

/// Protects the installation and the removal of handlers. The handler itself never takes it.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void write_byte(int signal)
{
    int error = errno;
    int descriptor = atomic_load(&watches[signal].descriptor_plus_one) - 1;
    unsigned char byte = (unsigned char)signal;
    // If the pipe is full (EAGAIN), the byte is not needed: the reader has not read the earlier
    // bytes yet, so it will still wake up.
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
    // SA_ONSTACK is for hosts whose threads have small stacks and a separate stack for signal
    // handlers, such as Go programs.
    action.sa_flags = SA_RESTART | SA_ONSTACK;

    // The descriptor is set first, because a signal can arrive before sigaction returns.
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
    // The descriptor is cleared after the handler is removed. In the other order, a signal between
    // the two steps would be lost.
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

int cspawn_ignore_signal(int signal)
{
    // A struct sigaction of the kernel. Its first member is the handler.
    uintptr_t action[4] = {0, 0, 0, 0};
    long result = raw_call(SYS_rt_sigaction, signal, 0, (long)action, KERNEL_SIGSET_SIZE, 0);
    if (result < 0 || action[0] != (uintptr_t)SIG_DFL)
        return (int)result;
    memset(action, 0, sizeof action);
    action[0] = (uintptr_t)SIG_IGN;
    return (int)raw_call(SYS_rt_sigaction, signal, (long)action, 0, KERNEL_SIGSET_SIZE, 0);
}
