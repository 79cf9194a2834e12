"""Lines that take about 1 µs to 1 ms each, and what they take when nobody watches.

usage: spins.py [ROUNDS]    prints the line number and microseconds of each

The same statements run with the clock read between them, in an unwatched function, in turns with
the watched one: the machine may change its speed meanwhile.

SPDX-License-Identifier: MIT
"""
import builtins
import json
import sys
import time
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function


def duration(count, now=time.perf_counter):
    started = now()
    sum(range(count))
    return now() - started


each = min(duration(10000) for _ in range(50)) / 10000  # seconds


def spin_of(microseconds):
    """A range that sum() takes so long for."""
    return range(int(microseconds / 1e6 / each))


one, three, ten, thirty, hundred, third, whole = map(spin_of, (1, 3, 10, 30, 100, 300, 1000))


@profile
def watched():
    sum(one)
    sum(three)
    sum(ten)
    sum(thirty)
    sum(hundred)
    sum(third)
    sum(whole)


def unwatched(now=time.perf_counter_ns):
    moments = [now()]
    sum(one), moments.append(now())
    sum(three), moments.append(now())
    sum(ten), moments.append(now())
    sum(thirty), moments.append(now())
    sum(hundred), moments.append(now())
    sum(third), moments.append(now())
    sum(whole), moments.append(now())
    return [after - before for before, after in zip(moments, moments[1:])]


def clock(now=time.perf_counter_ns):
    """Nanoseconds of what the unwatched lines do besides."""
    moments = [now()]
    for _ in range(1000):
        moments.append(now())
    return (moments[-1] - moments[0]) / 1000


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
truth = [0] * 7
for _ in range(rounds):
    watched()
    truth = [total + spent for total, spent in zip(truth, unwatched())]
first = unwatched.__code__.co_firstlineno - 9
cost = clock()
print("truth", json.dumps({first + i: (total / rounds - cost) / 1000 for i, total in enumerate(truth)}))
