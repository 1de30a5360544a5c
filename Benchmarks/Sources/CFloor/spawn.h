// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The cheapest way to start a child in plain C: vfork, execve, and a pidfd that reports the exit.

#pragma once
#include <sys/types.h>

/// A child and the descriptors with which the parent observes it.
struct spawned {
    pid_t pid;
    int pidfd;
    /// The end from which the parent reads the standard output of the child.
    int out;
    /// The end from which the parent reads the standard error of the child, or -1 if the child
    /// writes errors to the same stream as its output.
    int err;
};

/// Starts a child with standard input from /dev/null and one pipe each for output and errors.
struct spawned spawn_on_pipes(char *const arguments[]);

/// Starts a child with standard input from /dev/null and one socket pair for output and errors.
struct spawned spawn_on_socketpair(char *const arguments[]);

/// Starts a child with a raw terminal as all three standard streams, in a new session.
struct spawned spawn_on_terminal(char *const arguments[]);

/// Starts a child with standard input from /dev/null and one pipe for output and errors, as the
/// monitor does.
struct spawned spawn_on_one_pipe(char *const arguments[]);

/// Reaps a child that has exited. Fails if its exit code is not 0.
void reap(pid_t pid);
