"""A pipeline of three generators against flat code.

SPDX-License-Identifier: MIT
"""
import sections


def source(n):
    for i in range(n):
        yield i


def doubled(numbers):
    for i in numbers:
        yield i * 2


def odd_ones_out(numbers):
    for i in numbers:
        if i % 3:
            yield i


def pipeline(n):
    total = 0
    for i in odd_ones_out(doubled(source(n))):
        total ^= i
    return total


sections.run(pipeline, sections.flat)
