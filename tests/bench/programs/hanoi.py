"""The towers of Hanoi: calls of a Python function with several arguments, and little else.

SPDX-License-Identifier: MIT
"""
import sys
import time


def move(disks, source, target, spare):
    if disks == 0:
        return 0
    moves = move(disks - 1, source, spare, target)
    return moves + 1 + move(disks - 1, spare, target, source)


disks = int(sys.argv[1]) if len(sys.argv) > 1 else 18
started = time.perf_counter()
result = move(disks, "a", "b", "c")
print("seconds", time.perf_counter() - started, result)
