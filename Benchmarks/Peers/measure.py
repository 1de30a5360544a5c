# swift-reactor
# SPDX-License-Identifier: Apache-2.0
"""What the floor's measure.c does, for the peers in Python."""

import mmap
import resource
import time

WARM_UP_CHILDREN = 8
IDLE_BEGINS = 0.5
IDLE_LENGTH = 2.0
ALIVE_AT_A_TIME = 8
RESETS_A_TURN = 1000


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def monotonic_seconds():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def status_bytes(name):
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    raise LookupError(name)


def reset_peak():
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def touch_memory(size):
    """Makes this process so much larger: memory of its own that it has written to."""
    if size == 0:
        return None
    # Shared memory, which is what mmap makes by itself, would cost a fork nothing.
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for page in range(0, size, 4096):
        memory[page] = 1
    return memory


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def delays(count, longest):
    """The fixed sequence of delays, in seconds."""
    state = 12345
    values = []
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append(state / 4294967296 * longest)
    return values


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def report(scenario, metric, value):
    print(scenario, metric, "%.6g" % value, flush=True)


class SpawnFigures:
    """What S1 prints."""

    def __init__(self, count, ballast):
        self.count = count
        self.memory = touch_memory(ballast << 20)
        # As the floor's settle().
        time.sleep(0.5)
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()

    def end(self):
        elapsed = monotonic_seconds() - self.start
        report("S1", "cpu_us", (cpu_seconds() - self.cpu) / self.count * 1e6)
        report("S1", "rate", self.count / elapsed)


class OutputFigures:
    """What S3 prints."""

    def __init__(self, expected):
        self.expected = expected
        self.received = 0
        self.start = monotonic_seconds()
        self.cpu = cpu_seconds()

    def end(self):
        if self.received != self.expected:
            raise SystemExit("output was lost")
        elapsed = monotonic_seconds() - self.start
        gigabytes = self.received / 1e9
        report("S3", "gb_per_s", gigabytes / elapsed)
        report("S3", "cpu_s_per_gb", (cpu_seconds() - self.cpu) / gigabytes)


class ChildrenFigures:
    """What S4 prints."""

    def __init__(self, count):
        self.count = count
        self.ends = []
        reset_peak()
        self.resident = status_bytes("VmRSS:")

    def ended(self, text):
        self.ends.append(monotonic_seconds() - int(text) / 1e9)

    def idle_begins(self):
        self.idle_cpu = cpu_seconds()

    def idle_ends(self):
        if self.ends:
            raise SystemExit("a child ended while the others were to be idle")
        report("S4", "idle_ms_per_s", (cpu_seconds() - self.idle_cpu) * 1e3 / IDLE_LENGTH)

    def end(self):
        report("S4", "bytes", (status_bytes("VmHWM:") - self.resident) / self.count)
        report("S4", "end_p50_us", percentile(self.ends, 0.5) * 1e6)
        report("S4", "end_p99_us", percentile(self.ends, 0.99) * 1e6)
