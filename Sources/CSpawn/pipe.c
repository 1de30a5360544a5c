// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// pipe2(2): close-on-exec from birth, so that no child that another thread starts meanwhile inherits an end.

#define _GNU_SOURCE
#include "cspawn.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int cspawn_pipe(int ends[2]) {
    int before = errno;
    if (pipe2(ends, O_CLOEXEC) == 0) {
        return 0;
    }
    int code = errno;
    errno = before;
    return -code;
}
