# swift-reactor
# SPDX-License-Identifier: Apache-2.0
"""Clocks, memory and figures for the peers in Python, like the floor's measure.c."""

import mmap
import resource
import time

WARM_UP_CHILDREN = 8
IDLE_BEGINS = 0.5
IDLE_LENGTH = 2.0
ALIVE_AT_A_TIME = 8
RESETS_PER_TURN = 1000


def cpu_seconds():
    """Returns the processor time of this process without its children, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def monotonic_seconds():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def status_bytes(name):
    """Returns the value of a line of /proc/self/status in bytes."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    raise LookupError("/proc/self/status has no line " + name)


def reset_peak():
    """Sets VmHWM, the peak of the resident set size, to the current size."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def touch_memory(size):
    """Allocates private memory of that size in bytes and writes to each page."""
    if size == 0:
        return None
    # By default mmap creates shared memory, whose page tables a fork does not copy.
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for page in range(0, size, 4096):
        memory[page] = 1
    return memory


def raise_descriptor_limit():
    """Raises the limit of open descriptors to the hard limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def delays(count, longest):
    """Returns the first delays of the floor's fixed sequence, in seconds."""
    state = 12345
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append(state / 4294967296 * longest)
    return values


def percentile(values, share):
    """Returns the value below which a share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def report(scenario, metric, value):
    """Prints a line of scenario, metric and value."""
    print(scenario, metric, "%.6g" % value, flush=True)


class SpawnFigures:
    """Prepares the process for S1, and measures and prints its figures."""

    def __init__(self, count, ballast):
        self.count = count
        self.memory = touch_memory(ballast << 20)
        # The floor's settle() in measure.h gives the reason.
        time.sleep(0.5)
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()

    def end(self):
        elapsed = monotonic_seconds() - self.start
        report("S1", "cpu_us", (cpu_seconds() - self.cpu) / self.count * 1e6)
        report("S1", "rate", self.count / elapsed)


class OutputFigures:
    """Measures and prints the figures of S3."""

    def __init__(self, expected):
        self.expected = expected
        self.received = 0
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()

    def end(self):
        if self.received != self.expected:
            raise SystemExit(f"received {self.received} of {self.expected} bytes")
        elapsed = monotonic_seconds() - self.start
        gigabytes = self.received / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpu_seconds() - self.cpu) / gigabytes)


class ChildrenFigures:
    """Measures and prints the figures of S4."""

    def __init__(self, count):
        self.count = count
        self.ends = []
        reset_peak()
        self.resident = status_bytes("VmRSS:")

    def ended(self, text):
        """Records the end of a child that printed the time as its output."""
        self.ends.append(monotonic_seconds() - int(text) / 1e9)

    def idle_begins(self):
        self.idle_cpu = cpu_seconds()

    def idle_ends(self):
        if self.ends:
            raise SystemExit("a child ended before the idle time was over")
        report("S4", "idle_ms_per_s", (cpu_seconds() - self.idle_cpu) * 1e3 / IDLE_LENGTH)

    def end(self):
        report("S4", "bytes", (status_bytes("VmHWM:") - self.resident) / self.count)
        report("S4", "end_p50_us", percentile(self.ends, 0.5) * 1e6)
        report("S4", "end_p99_us", percentile(self.ends, 0.99) * 1e6)
