# swift-reactor
# SPDX-License-Identifier: Apache-2.0
"""Runs one scenario on asyncio.

Usage: asyncio_peer.py SCENARIO ARGUMENT...
"""

import asyncio
import sys
import threading

from measure import (
    ALIVE_AT_A_TIME,
    IDLE_BEGINS,
    IDLE_LENGTH,
    RESETS_PER_TURN,
    WARM_UP_CHILDREN,
    ChildrenFigures,
    OutputFigures,
    SpawnFigures,
    cpu_seconds,
    delays,
    monotonic_seconds,
    raise_descriptor_limit,
    report,
)


class Child(asyncio.SubprocessProtocol):
    """A child that has ended once it has exited and both of its pipes are at end of file."""

    def __init__(self, loop, when_ended, timeout=None):
        self.loop = loop
        self.when_ended = when_ended
        self.timeout = timeout
        self.timer = None
        self.output = bytearray()
        self.parts_left = 3
        if timeout is not None:
            self.timer = loop.call_later(timeout, self.timed_out)

    def timed_out(self):
        raise SystemExit("a child wrote nothing until the inactivity timeout")

    def pipe_data_received(self, descriptor, data):
        if self.timer is not None:
            self.timer.cancel()
            self.timer = self.loop.call_later(self.timeout, self.timed_out)
        self.output += data

    def pipe_connection_lost(self, descriptor, error):
        self.part_ended()

    def process_exited(self):
        self.part_ended()

    def part_ended(self):
        self.parts_left -= 1
        if self.parts_left == 0:
            if self.timer is not None:
                self.timer.cancel()
            self.when_ended(self)


async def spawn(loop, make_protocol, *command):
    return await loop.subprocess_exec(
        make_protocol, *command, stdin=asyncio.subprocess.DEVNULL
    )


async def s1(count, ballast, descriptors, program):
    loop = asyncio.get_running_loop()
    allowed = asyncio.Semaphore(ALIVE_AT_A_TIME)
    figures = SpawnFigures(int(count), int(ballast))
    for _ in range(int(count)):
        await allowed.acquire()
        await spawn(loop, lambda: Child(loop, lambda _: allowed.release()), program)
    for _ in range(ALIVE_AT_A_TIME):
        await allowed.acquire()
    figures.end()


async def s2(count, longest):
    loop = asyncio.get_running_loop()
    times = delays(int(count), float(longest) / 1e3)
    done = loop.create_future()
    left = len(times)

    def fire():
        nonlocal left
        left -= 1
        if left == 0:
            done.set_result(None)

    cpu = cpu_seconds()
    for delay in times:
        loop.call_later(delay, fire)
    await done
    report("S2", "cpu_ns", (cpu_seconds() - cpu) / int(count) * 1e9)


async def s2b(count, live):
    loop = asyncio.get_running_loop()
    times = delays(int(count), 1)
    for delay in delays(int(live), 1):
        loop.call_later(delay, int)
    cpu = cpu_seconds()
    calls = [loop.call_later(delay, int) for delay in times]
    for call in calls:
        call.cancel()
    report("S2b", "cpu_ns", (cpu_seconds() - cpu) / int(count) * 1e9)


async def s2c(count):
    loop = asyncio.get_running_loop()
    timer = loop.call_later(60, int)
    cpu = cpu_seconds()
    for _ in range(int(count) // RESETS_PER_TURN):
        for _ in range(RESETS_PER_TURN):
            timer.cancel()
            timer = loop.call_later(60, int)
        await asyncio.sleep(0)
    report("S2c", "ns", (cpu_seconds() - cpu) / int(count) * 1e9)


class Receiver(asyncio.SubprocessProtocol):
    """Counts the bytes that a child writes."""

    def __init__(self, figures, done):
        self.figures = figures
        self.done = done

    def pipe_data_received(self, descriptor, data):
        self.figures.received += len(data)

    def connection_lost(self, error):
        self.done.set_result(None)


async def s3(kind, size, chunk, child):
    loop = asyncio.get_running_loop()
    figures = OutputFigures(int(size))
    done = loop.create_future()
    await spawn(loop, lambda: Receiver(figures, done), child, "blast", size, chunk)
    await done
    figures.end()


async def start_sleepers(loop, count, seconds, child, when_ended):
    for _ in range(count):
        await spawn(loop, lambda: Child(loop, when_ended, 60), child, "sleep", seconds)


async def s4(count, seconds, child):
    loop = asyncio.get_running_loop()
    raise_descriptor_limit()
    warm = asyncio.Semaphore(0)
    await start_sleepers(loop, WARM_UP_CHILDREN, "0", child, lambda _: warm.release())
    for _ in range(WARM_UP_CHILDREN):
        await warm.acquire()
    figures = ChildrenFigures(int(count))
    done = loop.create_future()

    def ended(protocol):
        figures.ended(bytes(protocol.output))
        if len(figures.ends) == figures.count:
            done.set_result(None)

    await start_sleepers(loop, figures.count, seconds, child, ended)
    await asyncio.sleep(IDLE_BEGINS)
    figures.idle_begins()
    await asyncio.sleep(IDLE_LENGTH)
    figures.idle_ends()
    await done
    figures.end()


async def s5(count):
    loop = asyncio.get_running_loop()
    reply = threading.Semaphore(0)

    def call_repeatedly():
        start = monotonic_seconds()
        for _ in range(int(count)):
            loop.call_soon_threadsafe(reply.release)
            reply.acquire()
        report("S5", "us", (monotonic_seconds() - start) / int(count) * 1e6)

    await loop.run_in_executor(None, call_repeatedly)


SCENARIOS = {"S1": s1, "S2": s2, "S2b": s2b, "S2c": s2c, "S3": s3, "S4": s4, "S5": s5}

if len(sys.argv) < 2 or sys.argv[1] not in SCENARIOS:
    # The driver takes this exit code for a missing scenario.
    sys.exit(64)
asyncio.run(SCENARIOS[sys.argv[1]](*sys.argv[2:]))
