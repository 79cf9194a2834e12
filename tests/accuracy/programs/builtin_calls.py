"""Calls of cheap builtins against arithmetic in place.

SPDX-License-Identifier: MIT
"""
import sections

TABLE = {i: i for i in range(16)}


def builtin_calls(n):
    total = 0
    found = []
    append, get = found.append, TABLE.get
    for i in range(n):
        total += abs(i) + ord("x")
        append(total)
        total -= get(i & 15)
        if i & 1023 == 0:
            found.clear()
    return total


sections.run(builtin_calls, sections.flat)
