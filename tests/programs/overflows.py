"""Recurses through C until the stack overflows, and counts its calls in a file.

usage: overflows.py COUNTS
COUNTS receives the number of calls of `deeper`, which counts itself first thing.
"""
import functools
import mmap
import struct
import sys

with open(sys.argv[1], "w+b") as file:
    file.write(bytes(8))
    file.flush()
    counts = memoryview(mmap.mmap(file.fileno(), 8)).cast("q")

sys.setrecursionlimit(10 ** 7)


def deeper(n):
    counts[0] += 1
    return functools.reduce(lambda a, b: deeper(n + 1), (1, 2))


deeper(1)
