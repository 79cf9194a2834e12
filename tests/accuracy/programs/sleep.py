"""Short sleeps against calls of a tiny function.

SPDX-License-Identifier: MIT
"""
import time

import sections


def sleeps(n):
    for _ in range(n):
        time.sleep(0.001)


def works(n):
    return sections.calls_of_tiny(n)


sections.run(sleeps, works, slices=30)
