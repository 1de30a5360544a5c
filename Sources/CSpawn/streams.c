// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// Pipes and pseudo-terminals for the standard streams of a child. See pipe(2), pty(7), ioctl_tty(2)
// and termios(3).
//
// All descriptors are close-on-exec from the moment they exist. Otherwise a child that another
// thread starts at the same time could inherit them.

#define _GNU_SOURCE
#include "cspawn.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int cspawn_pipe(int ends[2])
{
    int before = errno;
    if (pipe2(ends, O_CLOEXEC) == 0)
        return 0;
    int code = errno;
    errno = before;
    return -code;
}

/// Sets the modes of a terminal. Returns 0, or -errno.
static int set_modes(int secondary, int echo, int output_processing)
{
    const tcflag_t echoes = ECHO | ECHOE | ECHOK | ECHOKE | ECHOCTL;
    struct termios modes;
    if (tcgetattr(secondary, &modes) != 0)
        return -errno;
    if (echo)
        modes.c_lflag |= echoes;
    else
        modes.c_lflag &= ~(echoes | ECHONL);
    // Without output processing, a newline stays one byte, and the terminal transfers twice as many
    // bytes per second.
    if (output_processing)
        modes.c_oflag |= OPOST | ONLCR;
    else
        modes.c_oflag &= ~(tcflag_t)(OPOST | ONLCR);
    return tcsetattr(secondary, TCSANOW, &modes) == 0 ? 0 : -errno;
}

int cspawn_resize_terminal(int primary, int rows, int columns)
{
    if (rows < 0 || rows > UINT16_MAX || columns < 0 || columns > UINT16_MAX)
        return -EINVAL;
    struct winsize size = {.ws_row = (uint16_t)rows, .ws_col = (uint16_t)columns};
    return ioctl(primary, TIOCSWINSZ, &size) == 0 ? 0 : -errno;
}

/// Opens the secondary end of a pseudo-terminal. Returns the descriptor, or -errno.
///
/// TIOCGPTPEER finds it from the primary end instead of from its name, as ptsname(3) does. It
/// therefore works in every mount namespace, and no other process can replace the file with
/// that name.
static int open_secondary(int primary)
{
    int locked = 0;
    if (ioctl(primary, TIOCSPTLCK, &locked) != 0)
        return -errno;
    int secondary = ioctl(primary, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return secondary >= 0 ? secondary : -errno;
}

int cspawn_open_terminal(
    int *primary, int *secondary, int rows, int columns, int echo, int output_processing)
{
    *primary = -1;
    *secondary = -1;
    int ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (ours < 0)
        return -errno;
    int theirs = open_secondary(ours);
    if (theirs < 0) {
        close(ours);
        return theirs;
    }

    int result = set_modes(theirs, echo, output_processing);
    if (result == 0)
        result = cspawn_resize_terminal(ours, rows, columns);
    if (result != 0) {
        close(theirs);
        close(ours);
        return result;
    }
    *primary = ours;
    *secondary = theirs;
    return 0;
}
