"""Works for about a second and prints how long it took, in nested calls and at the top level."""
import time
started = time.perf_counter()


def leaf(n):
    return abs(n) + len("x")


def branch(n):
    return sum(leaf(i) for i in range(n))


def spin(seconds):
    end = time.perf_counter() + seconds
    n = 0
    while time.perf_counter() < end:
        n += 1
    return n


def work(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        branch(1000)


def sleep(seconds):
    time.sleep(seconds)


took = {}
for function, seconds in ((work, 0.7), (spin, 0.2), (sleep, 0.2)):
    before = time.perf_counter()
    function(seconds)
    took[function.__name__] = time.perf_counter() - before

import os  # noqa: E402
took["total"] = time.perf_counter() - started
print(took, flush=True)
os._exit(0)  # Python's own end would take time that the program cannot measure
