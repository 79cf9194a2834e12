"""Generators that are resumed one by one, pass values down a chain, and delegate to others.

SPDX-License-Identifier: MIT
"""
import sys
import time


def numbers(n):
    for i in range(n):
        yield i


def doubled(items):
    for item in items:
        yield item * 2


def both(n):
    yield from numbers(n)
    yield from doubled(numbers(n))


def walk(depth):
    """A tree in order: each value comes up through `depth` frames."""
    if depth:
        yield from walk(depth - 1)
        yield depth
        yield from walk(depth - 1)


def averages():
    total = count = 0
    while True:
        total += yield total / count if count else 0.0
        count += 1


def work(n):
    running = averages()
    next(running)
    result = sum(both(n)) + sum(walk(12))
    for value in doubled(numbers(n)):
        latest = running.send(value)
    return result + int(latest)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 150000
started = time.perf_counter()
result = work(n)
print("seconds", time.perf_counter() - started, result)
