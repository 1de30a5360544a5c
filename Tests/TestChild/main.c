// swift-reactor
// SPDX-License-Identifier: Apache-2.0
//
// The program that the tests start as a child. It performs its arguments in order.
//
// An argument has the form VERB or VERB:VALUE. An unknown verb makes the program exit with code 99,
// so that a misspelled verb cannot let a test pass.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void perform_all(int count, char **verbs);

/// Writes all bytes, or exits with code 98 if that fails.
static void put(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            _exit(98);
        bytes += written;
        length -= (size_t)written;
    }
}

static void wait_for(long milliseconds)
{
    struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/// Forks a child that performs the verbs, which are separated by "|". A detached child gets a new
/// session; another child stays in the process group.
static void start(char *verbs, int detached)
{
    if (fork() != 0)
        return;
    if (detached)
        setsid();
    char *parts[32];
    int count = 0;
    for (char *part = strtok(verbs, "|"); part && count < 32; part = strtok(NULL, "|"))
        parts[count++] = part;
    perform_all(count, parts);
    _exit(0);
}

/// Writes that many bytes to standard output, in lines of 100 bytes.
static void flood(long long left)
{
    static char block[65536];
    memset(block, 'x', sizeof block);
    for (size_t i = 99; i < sizeof block; i += 100)
        block[i] = '\n';
    while (left > 0) {
        size_t length = left < (long long)sizeof block ? (size_t)left : sizeof block;
        put(1, block, length);
        left -= (long long)length;
    }
}

/// Copies standard input to standard output.
static void echo_input(void)
{
    char buffer[65536];
    ssize_t count;
    while ((count = read(0, buffer, sizeof buffer)) > 0)
        put(1, buffer, (size_t)count);
}

/// Prints the numbers of all open descriptors in ascending order.
static void show_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int seen[64], count = 0;
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) && count < 64) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd != dirfd(folder))
            seen[count++] = fd;
    }
    closedir(folder);
    for (int fd = 0; fd < 65536; fd++) {
        for (int i = 0; i < count; i++) {
            if (seen[i] == fd)
                dprintf(1, "%d ", fd);
        }
    }
    dprintf(1, "\n");
}

/// Prints the descriptor and the inode of each open file except `output`.
static void show_files(int output)
{
    struct stat file;
    for (int fd = 0; fd < 4096; fd++) {
        if (fd != output && fstat(fd, &file) == 0)
            dprintf(output, "%d:%llu ", fd, (unsigned long long)file.st_ino);
    }
}

/// Prints the lines of /proc/self/status that begin with `word`. See proc(5).
static void show_status(const char *word)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, word, strlen(word)) == 0)
            put(1, line, strlen(line));
    }
    fclose(status);
}

/// Prints the window size of the terminal on standard output. It is also a signal handler.
static void show_window(int signal)
{
    (void)signal;
    struct winsize size;
    ioctl(1, TIOCGWINSZ, &size);
    dprintf(1, "%dx%d\n", size.ws_row, size.ws_col);
}

static void on_interrupt(int signal)
{
    (void)signal;
    put(1, "interrupted\n", 12);
}

static void die(int number)
{
    signal(number, SIG_DFL);
    raise(number);
    pause();
}

static void pause_forever(void)
{
    for (;;)
        pause();
}

static void show_folder(void)
{
    char folder[4096];
    dprintf(1, "%s\n", getcwd(folder, sizeof folder));
}

static void show_environment(const char *name)
{
    const char *value = getenv(name);
    dprintf(1, "%s\n", value ? value : "(unset)");
}

/// Blocks a signal in this process and in the programs that it executes.
static void block(int number)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

/// Executes a command of the shell in place of this program.
static void execute(const char *command)
{
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(97);
}

/// Writes to the controlling terminal, opened by name.
static void write_to_terminal(const char *text)
{
    int terminal = open("/dev/tty", O_RDWR);
    put(terminal, text, strlen(text));
    close(terminal);
}

/// Opens a file for reading and prints "opened", or the error number.
static void open_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        dprintf(1, "%d\n", errno);
    else
        dprintf(1, "opened\n");
}

/// Reads once from a descriptor and prints the number of bytes, or the negative error number.
static void read_once(int fd)
{
    char buffer[256];
    ssize_t count = read(fd, buffer, sizeof buffer);
    dprintf(1, "%zd\n", count < 0 ? -errno : count);
}

/// Waits until standard error is readable, as an editor does, and prints "readable".
static void poll_standard_error(void)
{
    struct pollfd entry = {.fd = 2, .events = POLLIN};
    poll(&entry, 1, -1);
    dprintf(1, "readable\n");
}

/// Opens the terminal on standard output again by its name, reads once from it, and prints the
/// result as read_once does.
static void read_from_own_terminal(void)
{
    int terminal = open(ttyname(1), O_RDWR | O_NOCTTY | O_CLOEXEC);
    read_once(terminal);
    close(terminal);
}

/// Writes the text of "DESCRIPTOR,TEXT" to the descriptor.
static void write_to_descriptor(char *value)
{
    char *text = strchr(value, ',');
    *text++ = 0;
    put(atoi(value), text, strlen(text));
}

// The list of verbs is easier to read with one verb in each line.
// clang-format off
static void perform(const char *verb, char *value)
{
    if (!strcmp(verb, "out")) put(1, value, strlen(value));
    else if (!strcmp(verb, "line")) dprintf(1, "%s\n", value);
    else if (!strcmp(verb, "err")) put(2, value, strlen(value));
    else if (!strcmp(verb, "wait")) wait_for(atol(value));
    else if (!strcmp(verb, "exit")) _exit(atoi(value));
    else if (!strcmp(verb, "die")) die(atoi(value));
    else if (!strcmp(verb, "ignore")) signal(atoi(value), SIG_IGN);
    else if (!strcmp(verb, "default")) signal(atoi(value), SIG_DFL);
    else if (!strcmp(verb, "block")) block(atoi(value));
    else if (!strcmp(verb, "exec")) execute(value);
    else if (!strcmp(verb, "report-interrupt")) signal(SIGINT, on_interrupt);
    else if (!strcmp(verb, "close")) close(atoi(value));
    else if (!strcmp(verb, "pause")) pause_forever();
    else if (!strcmp(verb, "stop")) raise(SIGSTOP);
    else if (!strcmp(verb, "child")) start(value, 0);
    else if (!strcmp(verb, "detached")) start(value, 1);
    else if (!strcmp(verb, "flood")) flood(atoll(value));
    else if (!strcmp(verb, "cat")) echo_input();
    else if (!strcmp(verb, "descriptors")) show_descriptors();
    else if (!strcmp(verb, "files")) show_files(atoi(value));
    else if (!strcmp(verb, "status")) show_status(value);
    else if (!strcmp(verb, "ids")) dprintf(1, "%d %d %d\n", getpid(), getpgid(0), getsid(0));
    else if (!strcmp(verb, "folder")) show_folder();
    else if (!strcmp(verb, "environment")) show_environment(value);
    else if (!strcmp(verb, "terminal")) dprintf(1, "%d%d%d\n", isatty(0), isatty(1), isatty(2));
    else if (!strcmp(verb, "reopen")) write_to_terminal(value);
    else if (!strcmp(verb, "window")) show_window(0);
    else if (!strcmp(verb, "report-window")) signal(SIGWINCH, show_window);
    else if (!strcmp(verb, "open")) open_file(value);
    else if (!strcmp(verb, "read")) read_once(atoi(value));
    else if (!strcmp(verb, "poll")) poll_standard_error();
    else if (!strcmp(verb, "read-terminal")) read_from_own_terminal();
    else if (!strcmp(verb, "to")) write_to_descriptor(value);
    else _exit(99);
}
// clang-format on

static void perform_all(int count, char **verbs)
{
    for (int i = 0; i < count; i++) {
        char *value = strchr(verbs[i], ':');
        if (value)
            *value++ = 0;
        char nothing[1] = "";
        perform(verbs[i], value ? value : nothing);
    }
}

int main(int argc, char **argv)
{
    perform_all(argc - 1, argv + 1);
    return 0;
}
