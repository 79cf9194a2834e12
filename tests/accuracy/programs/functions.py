"""Calls of a tiny function against the same arithmetic in place.

SPDX-License-Identifier: MIT
"""
import sections


def tiny(a, b):
    return (a * 3 + b) & 0xffff


def calls(n):
    total = 0
    for i in range(n):
        total = tiny(total, i)
    return total


def inline(n):
    total = 0
    for i in range(n):
        total = (total * 3 + i) & 0xffff
    return total


sections.run(calls, inline)
