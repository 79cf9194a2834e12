"""Exceptions that pass through several frames before they are caught, some by way of finally.

SPDX-License-Identifier: MIT
"""
import sys
import time


class Refused(ValueError):
    pass


def check(n):
    if n & 3:
        raise Refused(n)
    return int("x")  # raised by a function in C


def middle(n):
    try:
        return check(n)
    finally:
        middle.passed += 1


def outer(n):
    return middle(n) + 1


def attempt(n):
    try:
        return outer(n)
    except Refused as refusal:
        return refusal.args[0]
    except ValueError:
        return 0


middle.passed = 0
n = int(sys.argv[1]) if len(sys.argv) > 1 else 150000
started = time.perf_counter()
result = sum(map(attempt, range(n)))
print("seconds", time.perf_counter() - started, result, middle.passed)
