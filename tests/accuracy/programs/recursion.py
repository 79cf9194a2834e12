"""A recursive walk along a chain of 500 links against flat code.

SPDX-License-Identifier: MIT
"""
import sections

CHAIN = None
for value in range(500):
    CHAIN = (value, CHAIN)


def walk(link):
    return 0 if link is None else (link[0] + walk(link[1])) & 0xffff


def walks(n):
    for _ in range(n):
        walk(CHAIN)


sections.run(walks, sections.flat)
