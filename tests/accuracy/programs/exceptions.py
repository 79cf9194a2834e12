"""Exceptions that pass three frames against flat code.

SPDX-License-Identifier: MIT
"""
import sections


def raises(i):
    raise ValueError(i)


def passes(i):
    return raises(i) + 1


def tidies(i):
    try:
        return passes(i) + 1
    finally:
        i += 1


def catches(n):
    caught = 0
    for i in range(n):
        try:
            tidies(i)
        except ValueError:
            caught += 1
    return caught


sections.run(catches, sections.flat)
