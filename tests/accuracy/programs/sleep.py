"""Short sleeps against calls of a tiny function.

SPDX-License-Identifier: MIT
"""
import time

import sections


def sleeps(n):
    for _ in range(n):
        time.sleep(0.001)


def tiny(a, b):
    return (a * 3 + b) & 0xffff


def works(n):
    total = 0
    for i in range(n):
        total = tiny(total, i)
    return total


sections.run(sleeps, works, slices=30)
