// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Starting a child as cheaply as plain C can: vfork, execve, and a pidfd for its end.

#pragma once
#include <sys/types.h>

/// Our ends of a child with standard input from /dev/null and a pipe each for output and errors.
struct spawned {
    pid_t pid;
    int pidfd;
    int out;
    int err;
};

struct spawned spawn_on_pipes(char *const arguments[]);

/// The same with one stream, which the child has as output; `err` is -1.
struct spawned spawn_on_socketpair(char *const arguments[]);

/// The same with a raw terminal as all three of the child's streams.
struct spawned spawn_on_terminal(char *const arguments[]);

/// One pipe for output and errors, as the monitor has it.
struct spawned spawn_on_one_pipe(char *const arguments[]);

/// Takes the child's status; it must be success.
void reap(pid_t pid);
