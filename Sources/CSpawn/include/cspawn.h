// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The system calls that Swift cannot make: the child's side of spawn, pidfd calls that glibc 2.36 does
// not wrap, one thread-local slot, and the part of a signal handler that must be async-signal-safe.
// All functions return 0 (or a count, or a descriptor) and -errno on failure; none touches errno of the
// caller's thread on purpose.

#ifndef SWIFT_REACTOR_CSPAWN_H
#define SWIFT_REACTOR_CSPAWN_H

#include <stddef.h>
#include <stdint.h>

// MARK: - Spawn

/// Which step of the child's preparation failed. The order is the order in which they are done.
enum cspawn_step {
    CSPAWN_STEP_NONE = 0,
    CSPAWN_STEP_CLONE,
    CSPAWN_STEP_SIGNALS,
    CSPAWN_STEP_SESSION,
    CSPAWN_STEP_GROUP,
    CSPAWN_STEP_DESCRIPTORS,
    CSPAWN_STEP_TERMINAL,
    CSPAWN_STEP_DIRECTORY,
    CSPAWN_STEP_DEATH_SIGNAL,
    CSPAWN_STEP_EXEC,
};

enum cspawn_grouping {
    CSPAWN_GROUPING_INHERIT = 0,
    CSPAWN_GROUPING_GROUP,
    CSPAWN_GROUPING_SESSION,
};

/// How the child is made.
enum cspawn_path {
    CSPAWN_PATH_NONE = 0,
    /// clone3 with VM, VFORK, PIDFD and CLEAR_SIGHAND on a guarded stack of our own.
    CSPAWN_PATH_CLONE3,
    /// glibc's clone with VM, VFORK and PIDFD, where clone3 is refused (old kernel, seccomp).
    CSPAWN_PATH_CLONE,
};

/// The parent's descriptor `source` becomes the child's descriptor `target`.
struct cspawn_descriptor {
    int source;
    int target;
};

enum { CSPAWN_SLOT_COUNT = 4 };

/// Low descriptor numbers, reserved while low numbers are free: copies of /dev/null, close-on-exec.
///
/// The kernel copies the parent's table of descriptors for the child, up to the highest source. Sources
/// with high numbers are put into the slots for the length of a spawn, so that the copy is small
/// whatever the parent has open.
struct cspawn_slots {
    /// -1: there is no /dev/null, and no slot.
    int null;
    /// Less than CSPAWN_SLOT_COUNT where the parent had no more descriptors to give.
    int count;
    /// In ascending order.
    int numbers[CSPAWN_SLOT_COUNT];
};

/// 0, or -errno of opening /dev/null.
int cspawn_slots_reserve(struct cspawn_slots *slots);
void cspawn_slots_release(struct cspawn_slots *slots);

struct cspawn_request {
    /// Paths that are tried in order by execve, as execvp does: ENOENT, ENOTDIR go on; EACCES goes on
    /// and is what is reported if nothing else worked. Ends with NULL. Never empty.
    const char *const *candidates;
    char *const *argv;
    char *const *envp;
    /// NULL: the parent's.
    const char *directory;
    /// What the child has open; everything else is closed. `target`s are distinct. The call overwrites
    /// the `source`s.
    struct cspawn_descriptor *descriptors;
    int descriptor_count;
    /// NULL: none. Two calls at the same time never have the same.
    const struct cspawn_slots *slots;
    /// enum cspawn_grouping
    int grouping;
    /// A *target* descriptor number that becomes the controlling terminal, or -1. Needs SESSION.
    int terminal;
    /// Signal that the child gets when the parent's thread ends (PR_SET_PDEATHSIG), or 0.
    int death_signal;
    /// 0 lets the library choose; otherwise one of enum cspawn_path, for tests.
    int path;
};

struct cspawn_result {
    int32_t pid;
    /// Close-on-exec, made by the clone itself (never by pidfd_open: that loses statuses).
    int pidfd;
    /// On failure: enum cspawn_step. The child has been reaped by then.
    int step;
    /// enum cspawn_path that was taken.
    int path;
};

/// Makes a child. Returns 0, or -errno with `result->step` set. Blocks until the child has called
/// execve (about 80 microseconds). No descriptor is opened, closed or changed in the parent but the
/// pidfd, and for the length of the call the slots. Safe from any thread.
///
/// The cost does not grow with the number of open descriptors if the sources are low, or there are slots
/// for all that are not.
///
/// A child that could not start raises no SIGCHLD and is never seen by waitpid. One that was killed
/// before its execve counts as started. Not for qemu-user and valgrind, which make a copy of the memory
/// instead of sharing it.
int cspawn_spawn(const struct cspawn_request *request, struct cspawn_result *result);

// MARK: - Pipes

/// pipe2(O_CLOEXEC), which Swift's Glibc does not show: ends[0] is for reading, ends[1] for writing.
int cspawn_pipe(int ends[2]);

// MARK: - Exit status

struct cspawn_usage {
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t max_resident_kibibytes;
};

enum cspawn_exit_kind {
    CSPAWN_EXIT_NONE = 0,     // has not exited yet
    CSPAWN_EXIT_EXITED,       // value = exit code
    CSPAWN_EXIT_SIGNALED,     // value = signal
    CSPAWN_EXIT_DUMPED,       // value = signal, and a core was dumped
    CSPAWN_EXIT_LOST,         // exited, but somebody else reaped it and the kernel no longer says how
};

struct cspawn_exit {
    int kind;
    int value;
    int has_usage;
    struct cspawn_usage usage;
};

/// waitid(P_PIDFD, WEXITED | WNOHANG), with WNOWAIT unless `reap`. On ECHILD (a stranger reaped the
/// child, or SIGCHLD is ignored) asks PIDFD_GET_INFO; kind LOST where that does not know (yet).
int cspawn_wait(int pidfd, int reap, struct cspawn_exit *exit);

// MARK: - Signals

/// pidfd_send_signal to the leader. -ESRCH once it has been reaped.
int cspawn_signal_leader(int pidfd, int signal);

/// The same to the leader's process group (PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9), also after the leader
/// was reaped. -ESRCH: no member is left. -EINVAL: this kernel cannot.
int cspawn_signal_group(int pidfd, int signal);

/// 1 if the kernel has PIDFD_SIGNAL_PROCESS_GROUP, asked once and remembered.
int cspawn_can_signal_group(void);

// MARK: - Terminals

/// Opens a pseudo-terminal: `*primary` (ours: non-blocking, close-on-exec) and `*secondary` (the
/// child's: close-on-exec, O_NOCTTY), by /dev/ptmx, TIOCSPTLCK and TIOCGPTPEER. Echo and output processing
/// (ONLCR) are on only if asked for. rows and columns may be 0.
int cspawn_open_terminal(int *primary, int *secondary, int rows, int columns, int echo, int output_processing);

/// TIOCSWINSZ on the primary.
int cspawn_resize_terminal(int primary, int rows, int columns);

// MARK: - The living members of a group

struct cspawn_member {
    int32_t pid;
    /// State letter of proc(5), for example 'R', 'S', 'D', 'T', 'Z'.
    char state;
    /// Command name, at most 15 bytes and NUL.
    char command[16];
};

/// Finds the processes of group `group` (or of session `session`, where that is not 0) that are not
/// zombies, by a scan of /proc: getpgid and getsid for each, stat only for hits. About 1 ms per 1,000
/// processes. Returns how many there are (at most `capacity` are written).
int cspawn_scan(int32_t group, int32_t session, struct cspawn_member *members, int capacity);

/// The one process `pid`, by a look into its own folder of /proc: 1 if it is there and no zombie, 0 if not.
int cspawn_look(int32_t pid, struct cspawn_member *member);

// MARK: - One thread-local slot

/// Swift has no thread-locals. Used for the current reactor of the thread.
void *cspawn_current(void);
void cspawn_set_current(void *value);

// MARK: - Memory

/// Asks the processor to fetch a cache line; Swift has no word for it.
static inline void cspawn_prefetch(const void *address) {
    __builtin_prefetch(address);
}

// MARK: - Signal handlers

/// Installs a handler for `signal` that writes the byte `signal` to `descriptor` (a non-blocking pipe or
/// socket) with errno preserved, and remembers what was there. -EBUSY if we handle it already.
int cspawn_watch_signal(int signal, int descriptor);

/// Puts back exactly what was there (sigaction's old value), unless somebody replaced our handler since;
/// then it leaves theirs in place and returns 1. -EINVAL if we do not handle it.
int cspawn_unwatch_signal(int signal);

#endif
