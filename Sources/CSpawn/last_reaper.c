// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Reaps children that outlive their reactor, on a thread that exists only for as long as they do.
//
// Nobody watches the pidfds of such children any more, and each of them would stay a zombie until
// the program ends. A handler for SIGCHLD or a wait for any child would interfere with the host, so
// a thread waits for exactly these pidfds.
//
// The thread leaves the descriptor table of the process and keeps only the pidfds in its own table.
// So the host sees no descriptors of a reactor that no longer exists, and it may close or reuse any
// number. This needs CLOSE_RANGE_UNSHARE (close_range(2), Linux 5.9). On older kernels the thread
// keeps copies of the pidfds in the shared table until the children have exited.

#define _GNU_SOURCE
#include "cspawn.h"
#include "kernel.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define STACK_SIZE (64 * 1024)

struct reaper {
    /// Posted once the thread no longer depends on the descriptors of its creator. It is on the
    /// stack of the creator, so the thread must not use it afterwards.
    sem_t *ready;
    int count;
    struct pollfd children[];
};

static int compare(const void *one, const void *other)
{
    int a = ((const struct pollfd *)one)->fd;
    int b = ((const struct pollfd *)other)->fd;
    return (a > b) - (a < b);
}

static long close_between(unsigned first, unsigned last, unsigned flags)
{
    return first > last ? 0 : raw_call(SYS_close_range, first, last, flags, 0, 0);
}

/// Gives the thread a descriptor table that contains the pidfds and nothing else.
///
/// Returns 0 and changes nothing if the kernel cannot do this.
static int leave_shared_table(struct reaper *reaper)
{
    qsort(reaper->children, (size_t)reaper->count, sizeof reaper->children[0], compare);
    unsigned highest = (unsigned)reaper->children[reaper->count - 1].fd;
    if (close_between(highest + 1, ~0U, KERNEL_CLOSE_RANGE_UNSHARE) != 0)
        return 0;
    unsigned next = 0;
    for (int i = 0; i < reaper->count; i++) {
        unsigned pidfd = (unsigned)reaper->children[i].fd;
        if (pidfd > 0)
            close_between(next, pidfd - 1, 0);
        next = pidfd + 1;
    }
    return 1;
}

static void copy_pidfds(struct reaper *reaper)
{
    for (int i = 0; i < reaper->count; i++) {
        // A negative number is ignored by poll. The child then stays a zombie, because there is no
        // descriptor left to watch it.
        reaper->children[i].fd = fcntl(reaper->children[i].fd, F_DUPFD_CLOEXEC, 0);
    }
}

/// Reaps a child that may have exited. Returns whether there is nothing left to wait for.
static int reap(int pidfd)
{
    struct cspawn_exit exit;
    if (cspawn_wait(pidfd, 1, &exit) == 0 && exit.kind == CSPAWN_EXIT_NONE) {
        // A debugger gets the status of a child that it traces before the parent does. Until then
        // the pidfd stays readable.
        poll(NULL, 0, 100);
        return 0;
    }
    return 1;
}

static void *reap_all(void *argument)
{
    struct reaper *reaper = argument;
    prctl(PR_SET_NAME, "last-reaper");
    if (!leave_shared_table(reaper))
        copy_pidfds(reaper);
    sem_post(reaper->ready);

    int left = 0;
    for (int i = 0; i < reaper->count; i++)
        left += reaper->children[i].fd >= 0;
    while (left > 0) {
        if (poll(reaper->children, (nfds_t)reaper->count, -1) < 0)
            continue;
        for (int i = 0; i < reaper->count; i++) {
            struct pollfd *child = &reaper->children[i];
            if (child->fd < 0 || child->revents == 0 || !reap(child->fd))
                continue;
            close(child->fd);
            child->fd = -1;
            left--;
        }
    }
    free(reaper);
    return NULL;
}

int cspawn_reap_later(const int *pidfds, int count)
{
    struct reaper *reaper = calloc(1, sizeof *reaper + (size_t)count * sizeof reaper->children[0]);
    if (reaper == NULL)
        return ENOMEM;
    sem_t ready;
    sem_init(&ready, 0, 0);
    reaper->ready = &ready;
    reaper->count = count;
    for (int i = 0; i < count; i++) {
        reaper->children[i].fd = pidfds[i];
        reaper->children[i].events = POLLIN;
    }

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    // The new thread inherits the mask. Signals of the program must not interrupt it.
    sigset_t all, previous;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, reap_all, reaper);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    pthread_attr_destroy(&attributes);
    if (error == 0) {
        // The caller closes the pidfds when this function returns.
        while (sem_wait(&ready) != 0) {
        }
    } else {
        free(reaper);
    }
    sem_destroy(&ready);
    return error;
}
