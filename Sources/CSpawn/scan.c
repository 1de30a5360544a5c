// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Finds the live members of a process group or session in /proc. See proc(5).
//
// Reading the stat files of 1,000 processes takes 8 ms. Calling getpgid and getsid takes a tenth of
// that and works for the processes of other users, so the scan reads the stat file of a process
// only if these calls report a match. The scan can miss a process that starts in the meantime.

#define _GNU_SOURCE
#include "cspawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct status {
    struct cspawn_member member;
    pid_t group;
    pid_t session;
    long threads;
    unsigned flags;
};

/// The flag of a process that has begun to exit (PF_EXITING in the kernel's include/linux/sched.h).
#define EXITING 0x4u

/// Reads /proc/PID/stat into `*status`. Returns 1, or 0 if the file cannot be read, usually because
/// the process no longer exists.
static int read_status(int proc, pid_t pid, struct status *status)
{
    char text[1024];
    snprintf(text, sizeof text, "%d/stat", (int)pid);
    int file = openat(proc, text, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return 0;
    text[length] = '\0';

    // The command name can contain spaces and parentheses, so it ends at the last ')'.
    char *name = strchr(text, '(');
    char *end = strrchr(text, ')');
    if (name == NULL || end == NULL || end < name)
        return 0;
    *end = '\0';
    memset(status, 0, sizeof *status);
    status->member.pid = pid;
    snprintf(status->member.command, sizeof status->member.command, "%s", name + 1);
    return 5
        == sscanf(
               end + 1, " %c %*d %d %d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld",
               &status->member.state, &status->group, &status->session, &status->flags,
               &status->threads);
}

/// Returns whether a process still runs.
///
/// A process whose first thread has exited has the state of a zombie, but it still runs if it
/// has other threads. A process that has begun to exit has closed its files before it becomes a
/// zombie, and no signal has an effect on it, so it does not count, unless it hangs in the
/// kernel meanwhile.
static int is_alive(const struct status *status)
{
    char state = status->member.state;
    if (status->threads > 1)
        return 1;
    if ((status->flags & EXITING) != 0 && state != 'D')
        return 0;
    return state != 'Z' && state != 'X' && state != 'x';
}

static int belongs(pid_t group, pid_t session, pid_t to_group, pid_t to_session)
{
    return (to_group > 0 && group == to_group) || (to_session > 0 && session == to_session);
}

/// Examines one process. Returns 1 and writes `*member` if the process is a live member, or 0.
static int examine(int proc, pid_t pid, pid_t group, pid_t session, struct cspawn_member *member)
{
    if (!belongs(group > 0 ? getpgid(pid) : 0, session > 0 ? getsid(pid) : 0, group, session))
        return 0;
    struct status status;
    // Compare again, because the process ID can belong to another process by now.
    if (!read_status(proc, pid, &status) || !is_alive(&status)
        || !belongs(status.group, status.session, group, session))
        return 0;
    *member = status.member;
    return 1;
}

/// Opens /proc. Returns the descriptor, or -errno; -ENXIO if it shows another PID namespace.
///
/// A program started by `unshare --pid` without `--mount-proc` has the numbers of its new
/// namespace, but sees those of the old one. A search by number would find the wrong processes.
static int open_proc(void)
{
    char self[16];
    ssize_t length = readlink("/proc/self", self, sizeof self - 1);
    if (length < 0)
        return -errno;
    self[length] = '\0';
    if (strtol(self, NULL, 10) != getpid())
        return -ENXIO;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return proc < 0 ? -errno : proc;
}

int cspawn_probe(pid_t pid, struct cspawn_member *member)
{
    int proc = open_proc();
    if (proc < 0)
        return proc;
    struct status status;
    int found = read_status(proc, pid, &status) && is_alive(&status);
    if (found)
        *member = status.member;
    close(proc);
    return found;
}

int cspawn_scan(pid_t group, pid_t session, struct cspawn_member *members, int capacity)
{
    int proc = open_proc();
    if (proc < 0)
        return proc;

    int found = 0;
    _Alignas(struct dirent64) char entries[16 * 1024];
    long length;
    while ((length = syscall(SYS_getdents64, proc, entries, sizeof entries)) > 0) {
        for (long at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            at += entry->d_reclen;
            struct cspawn_member member;
            pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
            if (pid <= 0 || !examine(proc, pid, group, session, &member))
                continue;
            if (found < capacity)
                members[found] = member;
            found++;
        }
    }
    int error = errno;
    close(proc);
    return length < 0 ? -error : found;
}
