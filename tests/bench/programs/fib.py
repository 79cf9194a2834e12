"""Calls of Python functions and little else.

SPDX-License-Identifier: MIT
"""
import sys
import time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 27
started = time.perf_counter()
result = fib(n)
print("seconds", time.perf_counter() - started, result)
