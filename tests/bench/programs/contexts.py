"""A binary tree of calls: each call has a path of its own, so each makes a new node.

SPDX-License-Identifier: MIT
"""
import sys
import time


def left(depth):
    if depth:
        left(depth - 1)
        right(depth - 1)


def right(depth):
    if depth:
        left(depth - 1)
        right(depth - 1)


depth = int(sys.argv[1]) if len(sys.argv) > 1 else 16
started = time.perf_counter()
left(depth)
print("seconds", time.perf_counter() - started, 2 ** (depth + 1) - 1)
