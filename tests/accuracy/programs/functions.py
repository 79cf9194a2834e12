"""Calls of a tiny function against the same arithmetic in place.

SPDX-License-Identifier: MIT
"""
import sections


def calls(n):
    return sections.calls_of_tiny(n)


def inline(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) & 0xffff
    return total


sections.run(calls, inline)
