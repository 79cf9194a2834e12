"""Calls of functions in C and little else.

SPDX-License-Identifier: MIT
"""
import sys
import time


def work(n):
    items = []
    append, text = items.append, "text"
    total = 0
    for i in range(n):
        append(i)
        total += len(text) + abs(-i)
    return total


n = int(sys.argv[1]) if len(sys.argv) > 1 else 500000
started = time.perf_counter()
result = work(n)
print("seconds", time.perf_counter() - started, result)
