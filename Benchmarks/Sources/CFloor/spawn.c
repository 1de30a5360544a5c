// swift-reactor
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "spawn.h"
#include "measure.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

static int null_descriptor(void)
{
    static int descriptor = -1;
    if (descriptor < 0)
        descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return descriptor;
}

/// Starts a child with the given standard streams. A child on a terminal gets a new session.
static pid_t start(char *const arguments[], int in, int out, int err, int is_terminal)
{
    sigset_t all;
    sigset_t previous;
    sigfillset(&all);
    // The child runs in the memory of the parent until execve, so no signal handler may run in it.
    sigprocmask(SIG_BLOCK, &all, &previous);
    pid_t pid = vfork();
    if (pid == 0) {
        if (is_terminal) {
            setsid();
            ioctl(in, TIOCSCTTY, 0);
        }
        dup2(in, 0);
        dup2(out, 1);
        dup2(err, 2);
        sigprocmask(SIG_SETMASK, &previous, NULL);
        execve(arguments[0], arguments, environ);
        _exit(127);
    }
    sigprocmask(SIG_SETMASK, &previous, NULL);
    if (pid < 0)
        fail("cannot start a child");
    return pid;
}

static int pidfd_of(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/// Opens a pipe whose read end is non-blocking. The write end, which the child gets, blocks.
static void open_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        fail("cannot make a pipe");
    fcntl(ends[1], F_SETFL, 0);
}

struct spawned spawn_on_pipes(char *const arguments[])
{
    int out[2];
    int err[2];
    open_pipe(out);
    open_pipe(err);
    pid_t pid = start(arguments, null_descriptor(), out[1], err[1], 0);
    close(out[1]);
    close(err[1]);
    return (struct spawned){.pid = pid, .pidfd = pidfd_of(pid), .out = out[0], .err = err[0]};
}

struct spawned spawn_on_one_pipe(char *const arguments[])
{
    int out[2];
    open_pipe(out);
    pid_t pid = start(arguments, null_descriptor(), out[1], out[1], 0);
    close(out[1]);
    return (struct spawned){.pid = pid, .pidfd = pidfd_of(pid), .out = out[0], .err = -1};
}

struct spawned spawn_on_socketpair(char *const arguments[])
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        fail("cannot make a socket pair");
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    pid_t pid = start(arguments, null_descriptor(), ends[1], ends[1], 0);
    close(ends[1]);
    return (struct spawned){.pid = pid, .pidfd = pidfd_of(pid), .out = ends[0], .err = -1};
}

struct spawned spawn_on_terminal(char *const arguments[])
{
    int primary;
    int secondary;
    struct termios settings;
    if (openpty(&primary, &secondary, NULL, NULL, NULL) != 0)
        fail("cannot open a terminal");
    tcgetattr(secondary, &settings);
    cfmakeraw(&settings);
    tcsetattr(secondary, TCSANOW, &settings);
    fcntl(primary, F_SETFD, FD_CLOEXEC);
    fcntl(secondary, F_SETFD, FD_CLOEXEC);
    fcntl(primary, F_SETFL, O_NONBLOCK);
    pid_t pid = start(arguments, secondary, secondary, secondary, 1);
    close(secondary);
    return (struct spawned){.pid = pid, .pidfd = pidfd_of(pid), .out = primary, .err = -1};
}

void reap(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, WNOHANG) != pid || status != 0)
        fail("a child did not exit successfully");
}
