// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// System calls that Swift cannot make itself, or not safely: creating a child that shares the
// memory of its parent until execve, the pidfd calls that glibc 2.36 does not wrap, and a
// signal handler.
//
// A function that can fail returns a negative errno value. The value of errno itself is undefined
// after a call, with these exceptions. These functions preserve errno:
//
// - cspawn_pipe.
// - cspawn_spawn, except when it fails to map or unmap a stack for the child.
// - cspawn_wait and the functions that signal through a pidfd, on x86-64 and 64-bit Arm. On other
//   architectures they use syscall(2), and change errno whenever one of its calls fails.
// - The signal handler that cspawn_watch_signal installs.

#ifndef SWIFT_REACTOR_CSPAWN_H
#define SWIFT_REACTOR_CSPAWN_H

#include <stddef.h>
#include <stdint.h>

// MARK: - Spawn

/// The steps that can fail between the clone and the execve of a child.
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

/// The process group and session of a child.
enum cspawn_grouping {
    /// Those of the parent.
    CSPAWN_GROUPING_INHERIT = 0,
    /// A new process group in the session of the parent, as with setpgid(0, 0).
    CSPAWN_GROUPING_GROUP,
    /// A new session, as with setsid().
    CSPAWN_GROUPING_SESSION,
};

/// The system call that creates a child.
enum cspawn_clone_method {
    CSPAWN_CLONE_METHOD_NONE = 0,
    /// clone3 with CLONE_VM, CLONE_VFORK, CLONE_PIDFD and CLONE_CLEAR_SIGHAND.
    CSPAWN_CLONE_METHOD_CLONE3,
    /// The clone function of glibc with CLONE_VM, CLONE_VFORK and CLONE_PIDFD. It serves systems
    /// whose kernel is too old for clone3, or whose seccomp filter refuses it.
    CSPAWN_CLONE_METHOD_CLONE,
};

/// An entry of a descriptor map: `source` of the parent becomes `target` of the child.
struct cspawn_descriptor {
    int source;
    int target;
};

enum { CSPAWN_SLOT_COUNT = 4 };

/// Reserved descriptors with low numbers, which are close-on-exec copies of /dev/null.
///
/// The kernel copies the descriptor table of the parent for the child, up to the highest source.
/// A spawn duplicates sources with high numbers into the slots until it returns. The copy therefore
/// stays small even if the parent has many descriptors open. Reserve the slots early, while low
/// numbers are still free.
struct cspawn_slots {
    /// The descriptor of /dev/null, or -1 if there are no slots.
    int null;
    /// The number of slots. It is less than CSPAWN_SLOT_COUNT if the parent reached its
    /// descriptor limit.
    int count;
    /// The descriptors, in ascending order. Only the first `count` elements are valid.
    int numbers[CSPAWN_SLOT_COUNT];
};

/// Reserves CSPAWN_SLOT_COUNT low descriptors and stores their numbers in `*slots`.
///
/// Returns 0, or -errno if /dev/null could not be opened; `*slots` then contains no descriptors. If
/// the descriptor limit leaves no room for all of them, the function reserves fewer and returns 0.
int cspawn_slots_reserve(struct cspawn_slots *slots);

/// Closes all descriptors of `*slots`, which contains none afterwards.
void cspawn_slots_release(struct cspawn_slots *slots);

/// The parameters of a spawn.
struct cspawn_request {
    /// Paths that execve tries in order, ending with NULL. There must be at least one.
    ///
    /// ENOENT, ENOTDIR and EACCES continue with the next path, as in execvp(3). If no path works,
    /// the call fails with EACCES if any path failed with it.
    const char *const *candidates;
    /// The arguments of the program, beginning with its name and ending with NULL.
    char *const *argv;
    /// The environment of the program, ending with NULL.
    char *const *envp;
    /// The working directory of the child, or NULL for that of the parent.
    const char *directory;
    /// The descriptors of the child. The child has no others. All `target`s have to be distinct.
    ///
    /// The call may overwrite any `source`: with the number of a slot, and with the number of a
    /// descriptor that only the child has. Build the map again before another call.
    struct cspawn_descriptor *descriptors;
    int descriptor_count;
    /// The slots for sources with high numbers, or NULL. Two calls at the same time must not share
    /// slots. The call leaves the structure unchanged.
    const struct cspawn_slots *slots;
    /// A value of enum cspawn_grouping.
    int grouping;
    /// The `target` that becomes the controlling terminal of the child, or -1. It
    /// requires CSPAWN_GROUPING_SESSION.
    int terminal;
    /// The signal that the child receives when the thread that called cspawn_spawn ends, or 0.
    /// See PR_SET_PDEATHSIG(2const).
    int death_signal;
    /// A value of enum cspawn_clone_method, for tests. With CSPAWN_CLONE_METHOD_NONE the call tries
    /// clone3 first.
    int clone_method;
};

/// The outcome of a spawn. The call sets all members, also when it fails.
struct cspawn_result {
    /// The process ID of the child, or -1 on failure.
    int32_t pid;
    /// A close-on-exec pidfd of the child, or -1 on failure. The clone itself creates it, because
    /// pidfd_open(2) could come after other code reaped the child and its status was lost.
    int pidfd;
    /// A value of enum cspawn_step: the step that failed, or CSPAWN_STEP_NONE.
    int step;
    /// A value of enum cspawn_clone_method: the last method that the call tried.
    int clone_method;
};

/// Starts a child process.
///
/// Returns 0, or -errno with `result->step` set. The call blocks until the child has called execve,
/// which takes about 80 microseconds. It is safe from any thread. It opens only the pidfd in the
/// parent, and changes no other descriptor than the slots, which it restores before it returns.
///
/// The time does not grow with the number of open descriptors of the parent, provided that the
/// sources have low numbers or that there are enough slots for those with high numbers.
///
/// A child that fails before execve raises no SIGCHLD, and waitpid(-1) never returns it. The call
/// has reaped it by the time it returns. If a signal kills a child before execve, the call reports
/// success. The call does not work in qemu-user and valgrind, where the child gets a copy of the
/// memory instead of sharing it.
int cspawn_spawn(const struct cspawn_request *request, struct cspawn_result *result);

// MARK: - Pipes

/// Calls pipe2(2) with O_CLOEXEC, which the Glibc module of Swift does not export.
///
/// Returns 0, or -errno. On success, `ends[0]` is the end for reading and `ends[1]` the end for
/// writing. On failure `ends` is unchanged.
int cspawn_pipe(int ends[2]);

/// Calls memfd_create(2) with MFD_CLOEXEC, which the Glibc module of Swift does not export.
///
/// Returns the descriptor of an empty file without a name in any folder, or -errno.
int cspawn_memory_file(const char *name);

// MARK: - Exit status

/// The resource usage of a child, from rusage.
struct cspawn_usage {
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t max_resident_kibibytes;
};

/// How a child ended, which also says what the `value` of a struct cspawn_exit means.
enum cspawn_exit_kind {
    /// The child has not exited yet.
    CSPAWN_EXIT_NONE = 0,
    /// The child exited, and `value` is its exit code.
    CSPAWN_EXIT_EXITED,
    /// The child died from the signal `value`.
    CSPAWN_EXIT_SIGNALED,
    /// The child died from the signal `value` and dumped core.
    CSPAWN_EXIT_DUMPED,
    /// Other code in this process reaped the child, and the kernel cannot report its status.
    CSPAWN_EXIT_LOST,
};

/// The status of a child.
struct cspawn_exit {
    /// A value of enum cspawn_exit_kind.
    int kind;
    int value;
    /// Whether `usage` is known. It is unknown if other code reaped the child.
    int has_usage;
    struct cspawn_usage usage;
};

/// Reports whether and how a child exited, without blocking.
///
/// Returns 0, or -errno. The call sets all members of `*exit`, also on failure. It reaps the child
/// only if `reap` is not 0; otherwise the child stays a zombie.
///
/// If other code reaped the child, or if SIGCHLD is ignored, the call asks the pidfd for the
/// status (PIDFD_GET_INFO). If the pidfd does not know it, the kind is CSPAWN_EXIT_LOST. A moment
/// after the child was reaped the pidfd can still lack the status, so a later call can find it.
int cspawn_wait(int pidfd, int reap, struct cspawn_exit *exit);

/// Reaps the children of the given pidfds when they exit, on a thread that ends after the last one.
///
/// The call does not wait for the children. The caller may close the pidfds afterwards. `count` is
/// at least 1. Returns 0, or an error number if no thread could be started.
int cspawn_reap_later(const int *pidfds, int count);

// MARK: - Signals through a pidfd

/// Sends a signal to the child itself. Returns 0, or -errno; -ESRCH if the child has been reaped.
int cspawn_signal_leader(int pidfd, int signal);

/// Sends a signal to the process group whose leader is the child, even if the child was reaped.
///
/// Returns 0, or -errno. The error is -ESRCH if the group has no member, and -EINVAL if the kernel
/// lacks PIDFD_SIGNAL_PROCESS_GROUP, which Linux 6.9 added.
int cspawn_signal_group(int pidfd, int signal);

/// Returns 1 if the kernel has PIDFD_SIGNAL_PROCESS_GROUP, or 0.
int cspawn_can_signal_group(void);

// MARK: - Terminals

/// The settings of a pseudo-terminal.
struct cspawn_terminal {
    /// The window size. 0 means unknown.
    int rows;
    int columns;
    /// Whether the terminal echoes its input.
    int echo;
    /// Whether the terminal turns each newline of the output into a carriage return and a
    /// newline (ONLCR).
    int output_processing;
    /// Whether the end of the child is open for writing only, and the terminal has no input.
    ///
    /// A read from that end fails with EBADF. The name of the terminal can be opened for reading
    /// only by root, who then reads the end of the input.
    int output_only;
};

/// Opens a pseudo-terminal for a child.
///
/// `*primary` becomes the end of the parent, which is non-blocking, and `*secondary` the end of the
/// child. Both are close-on-exec, and neither becomes the controlling terminal of the parent.
///
/// Returns 0, or -errno. On failure both descriptors are -1.
int cspawn_open_terminal(int *primary, int *secondary, const struct cspawn_terminal *settings);

/// Changes the window size of a pseudo-terminal. Returns 0, or -errno.
int cspawn_resize_terminal(int primary, int rows, int columns);

// MARK: - Live members of a process group or session

/// A live process.
struct cspawn_member {
    int32_t pid;
    /// The state letter of proc(5), for example 'R', 'S', 'D', 'T' or 'Z'.
    char state;
    /// The command name, truncated to 15 bytes and terminated by NUL.
    char command[16];
};

/// Finds the processes of a process group, and of a session, that are not zombies.
///
/// A process matches if its process group is `group` or its session is `session`. A value of 0
/// matches nothing. The call scans /proc, which takes about 1 ms for 1,000 processes. It can miss
/// processes that start during the scan.
///
/// Returns the number of processes, or -errno if /proc cannot be read. -ENXIO means that it shows
/// another PID namespace, in which the processes have other numbers. The call writes at most
/// `capacity` elements of `members`, so the result can be larger than the number of valid elements.
int cspawn_scan(int32_t group, int32_t session, struct cspawn_member *members, int capacity);

/// Reports whether one process exists and is not a zombie, from its directory in /proc.
///
/// Returns 1 and writes `*member` if so. Returns 0, or -errno if /proc cannot be opened, and leaves
/// `*member` unchanged otherwise.
int cspawn_probe(int32_t pid, struct cspawn_member *member);

// MARK: - Thread-local storage

/// Returns the pointer that this thread set, or NULL. Swift has no thread-local variables.
void *cspawn_current(void);

/// Sets the pointer of this thread.
void cspawn_set_current(void *value);

/// Returns the second pointer that this thread set, or NULL.
void *cspawn_current_handle(void);

/// Sets the second pointer of this thread.
void cspawn_set_current_handle(void *value);

/// Returns a number that identifies the calling thread among all running threads.
///
/// This is one instruction, unlike pthread_self(3), so that it can be used in each call of a
/// hot path.
static inline uintptr_t cspawn_thread(void)
{
    return (uintptr_t)__builtin_thread_pointer();
}

// MARK: - Memory

/// Makes the processor fetch the cache line at `address`. Swift has no such function.
static inline void cspawn_prefetch(const void *address)
{
    __builtin_prefetch(address);
}

// MARK: - Orphans

/// Returns 1 if the kernel makes orphans children of this process, because it is process 1 of its
/// PID namespace or a subreaper, or 0.
int cspawn_adopts_orphans(void);

/// Returns the process ID of a child that has exited and was not reaped, 0 if there is none,
/// or -errno. The child is not reaped.
int32_t cspawn_exited_child(void);

/// Reaps one child if it has exited. Returns 0, or -errno.
int cspawn_reap(int32_t pid);

// MARK: - Arguments

/// Returns the arguments of this program, beginning with its name, and stores their number.
///
/// Unlike `CommandLine` of Swift, the function does not need /proc. It returns NULL with a C
/// library that does not pass the arguments to constructors.
char *const *cspawn_arguments(int *argument_count);

// MARK: - Signal handlers

/// Installs a handler for `signal` that writes the signal number to `descriptor` as one byte.
///
/// `descriptor` has to be a pipe or a socket, and non-blocking. If it is full, the handler drops
/// the byte. Returns 0, or -errno; -EBUSY if this library handles the signal already.
int cspawn_watch_signal(int signal, int descriptor);

/// Ignores a signal whose disposition is the default, also one that sigaction(2) of glibc refuses.
///
/// glibc reserves the signals 32 and 33 for itself, and their default action ends the program until
/// glibc installs its handlers. Returns 0, or -errno.
int cspawn_ignore_signal(int signal);

/// Restores the disposition that the signal had before cspawn_watch_signal.
///
/// Returns 0, or -errno; -EINVAL if this library does not handle the signal. If other code has
/// installed another handler since, the call leaves that handler in place and returns 1.
int cspawn_unwatch_signal(int signal);

#endif
