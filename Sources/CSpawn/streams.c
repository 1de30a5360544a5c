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
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

int cspawn_memory_file(const char *name)
{
    int file = memfd_create(name, MFD_CLOEXEC);
    return file < 0 ? -errno : file;
}

/// The character that ends the input of a terminal in canonical mode (Ctrl-D).
#define END_OF_INPUT 4

/// The number of times that a program can read the end of the input of an output terminal.
#define INPUT_ENDS 64

/// Makes sure that no process waits for the input of a terminal that never gets any.
///
/// The descriptor of the child is open for writing only, so a read from it fails. Without the
/// queued ends of input, an editor that first polls its terminal would wait forever, because
/// poll(2) would never report it as readable. A process that opens the terminal again by name,
/// which only root can do for reading, reads the end of its input. Returns 0, or -errno.
static int end_input(int primary, int secondary)
{
    char ends[INPUT_ENDS];
    memset(ends, END_OF_INPUT, sizeof ends);
    if (fchmod(secondary, S_IWUSR) != 0)
        return -errno;
    return write(primary, ends, sizeof ends) == sizeof ends ? 0 : -EIO;
}

/// Sets the modes of a terminal. Returns 0, or -errno.
static int set_modes(int secondary, const struct cspawn_terminal *settings)
{
    const tcflag_t echoes = ECHO | ECHOE | ECHOK | ECHOKE | ECHOCTL;
    struct termios modes;
    if (tcgetattr(secondary, &modes) != 0)
        return -errno;
    if (settings->echo)
        modes.c_lflag |= echoes;
    else
        modes.c_lflag &= ~(echoes | ECHONL);
    // Without output processing, a newline stays one byte, and the terminal transfers twice as many
    // bytes per second.
    if (settings->output_processing)
        modes.c_oflag |= OPOST | ONLCR;
    else
        modes.c_oflag &= ~(tcflag_t)(OPOST | ONLCR);
    // A program that leaves canonical mode and does not set VMIN never waits for input.
    if (settings->output_only) {
        modes.c_cc[VMIN] = 0;
        modes.c_cc[VTIME] = 0;
        modes.c_cc[VEOF] = END_OF_INPUT;
    }
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
static int open_secondary(int primary, int access_mode)
{
    int locked = 0;
    if (ioctl(primary, TIOCSPTLCK, &locked) != 0)
        return -errno;
    int secondary = ioctl(primary, TIOCGPTPEER, access_mode | O_NOCTTY | O_CLOEXEC);
    return secondary >= 0 ? secondary : -errno;
}

int cspawn_open_terminal(int *primary, int *secondary, const struct cspawn_terminal *settings)
{
    *primary = -1;
    *secondary = -1;
    int ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (ours < 0)
        return -errno;
    int theirs = open_secondary(ours, settings->output_only ? O_WRONLY : O_RDWR);
    if (theirs < 0) {
        close(ours);
        return theirs;
    }

    int result = set_modes(theirs, settings);
    if (result == 0)
        result = cspawn_resize_terminal(ours, settings->rows, settings->columns);
    if (result == 0 && settings->output_only)
        result = end_input(ours, theirs);
    if (result != 0) {
        close(theirs);
        close(ours);
        return result;
    }
    *primary = ours;
    *secondary = theirs;
    return 0;
}
