# swift-reactor
# SPDX-License-Identifier: Apache-2.0
"""Runs one scenario on Twisted.

Usage: twisted_peer.py SCENARIO ARGUMENT...
"""

import sys
import threading

from twisted.internet import epollreactor

epollreactor.install()

from twisted.internet import protocol, reactor, threads  # noqa: E402
from twisted.protocols.policies import TimeoutMixin  # noqa: E402

from measure import (  # noqa: E402
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


def spawn(process_protocol, *command):
    null = open("/dev/null")
    streams = {0: null.fileno(), 1: "r", 2: "r"}
    reactor.spawnProcess(process_protocol, command[0], command, env=None, childFDs=streams)
    null.close()


class Child(protocol.ProcessProtocol):
    """A child whose output is ignored."""

    def __init__(self, when_ended):
        self.when_ended = when_ended

    def processEnded(self, reason):
        self.when_ended(self)


def s1(count, ballast, descriptors, program):
    figures = SpawnFigures(int(count), int(ballast))
    left = int(count)
    alive = 0

    def fill_up():
        nonlocal left, alive
        while left > 0 and alive < ALIVE_AT_A_TIME:
            left -= 1
            alive += 1
            spawn(Child(ended), program)

    def ended(_):
        nonlocal alive
        alive -= 1
        fill_up()
        if alive == 0:
            figures.end()
            reactor.stop()

    fill_up()


def s2(count, longest):
    times = delays(int(count), float(longest) / 1e3)
    left = len(times)

    def fire():
        nonlocal left
        left -= 1
        if left == 0:
            report("S2", "cpu_ns", (cpu_seconds() - cpu) / int(count) * 1e9)
            reactor.stop()

    cpu = cpu_seconds()
    for delay in times:
        reactor.callLater(delay, fire)


def s2b(count, live):
    times = delays(int(count), 1)
    for delay in delays(int(live), 1):
        reactor.callLater(delay, int)
    cpu = cpu_seconds()
    calls = [reactor.callLater(delay, int) for delay in times]
    for call in calls:
        call.cancel()
    report("S2b", "cpu_ns", (cpu_seconds() - cpu) / int(count) * 1e9)
    reactor.stop()


class Silence(TimeoutMixin):
    """An inactivity timeout without a transport."""


def s2c(count):
    silence = Silence()
    silence.setTimeout(60)
    left = int(count)
    cpu = cpu_seconds()

    def reset_many():
        nonlocal left
        for _ in range(RESETS_PER_TURN):
            silence.resetTimeout()
        left -= RESETS_PER_TURN
        if left > 0:
            reactor.callLater(0, reset_many)
        else:
            report("S2c", "ns", (cpu_seconds() - cpu) / int(count) * 1e9)
            reactor.stop()

    reset_many()


class Receiver(protocol.ProcessProtocol):
    """Counts the bytes that a child writes."""

    def __init__(self, figures):
        self.figures = figures

    def outReceived(self, data):
        self.figures.received += len(data)

    def processEnded(self, reason):
        self.figures.end()
        reactor.stop()


def s3(kind, size, chunk, child):
    spawn(Receiver(OutputFigures(int(size))), child, "blast", size, chunk)


class Sleeper(protocol.ProcessProtocol, TimeoutMixin):
    """A child that sleeps and then prints the time, with an inactivity timeout."""

    def __init__(self, when_ended):
        self.when_ended = when_ended
        self.output = b""

    def connectionMade(self):
        self.setTimeout(60)

    def timeoutConnection(self):
        raise SystemExit("a child wrote nothing until the inactivity timeout")

    def outReceived(self, data):
        self.resetTimeout()
        self.output += data

    def processEnded(self, reason):
        self.setTimeout(None)
        self.when_ended(self)


def s4(count, seconds, child):
    raise_descriptor_limit()
    warm = []

    def warm_ended(sleeper):
        warm.append(sleeper)
        if len(warm) == WARM_UP_CHILDREN:
            reactor.callLater(0, measure)

    def measure():
        figures = ChildrenFigures(int(count))

        def ended(sleeper):
            figures.ended(sleeper.output)
            if len(figures.ends) == figures.count:
                figures.end()
                reactor.stop()

        for _ in range(figures.count):
            spawn(Sleeper(ended), child, "sleep", seconds)
        reactor.callLater(IDLE_BEGINS, figures.idle_begins)
        reactor.callLater(IDLE_BEGINS + IDLE_LENGTH, figures.idle_ends)

    for _ in range(WARM_UP_CHILDREN):
        spawn(Sleeper(warm_ended), child, "sleep", "0")


def s5(count):
    reply = threading.Semaphore(0)

    def call_repeatedly():
        start = monotonic_seconds()
        for _ in range(int(count)):
            reactor.callFromThread(reply.release)
            reply.acquire()
        report("S5", "us", (monotonic_seconds() - start) / int(count) * 1e6)

    threads.deferToThread(call_repeatedly).addCallback(lambda _: reactor.stop())


SCENARIOS = {"S1": s1, "S2": s2, "S2b": s2b, "S2c": s2c, "S3": s3, "S4": s4, "S5": s5}

if len(sys.argv) < 2 or sys.argv[1] not in SCENARIOS:
    # The driver takes this exit code for a missing scenario.
    sys.exit(64)
reactor.callWhenRunning(SCENARIOS[sys.argv[1]], *sys.argv[2:])
reactor.run()
