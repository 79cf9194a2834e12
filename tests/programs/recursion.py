"""Recursion: direct, mutual, through builtins, and twice on one line."""
import functools


def factorial(n):
    return 1 if n < 2 else n * factorial(n - 1)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


# A cycle of three that is entered at each of its members.
def one(n):
    return two(n - 1) if n > 0 else 0


def two(n):
    return three(n - 1) + leaf(n) if n > 0 else 1


def three(n):
    return one(n - 1) + one(n - 2) if n > 0 else 2


def leaf(n):
    return abs(n)


# Recursion that passes through functions implemented in C.
def depth(tree):
    return 1 + max(map(depth, tree), default=0)


def quick_sort(values):
    if len(values) < 2:
        return values
    parts = functools.reduce(split(values[0]), values[1:], ([], []))
    return quick_sort(parts[0]) + [values[0]] + quick_sort(parts[1])


def split(pivot):
    def step(parts, value):
        parts[value >= pivot].append(value)
        return parts
    return step


def key_sort(value):
    if isinstance(value, list):
        return sum(map(key_sort, sorted(value, key=key_sort)))
    return value


print(factorial(20), fib(12), is_even(31), is_odd(31), ackermann(2, 3))
print(one(9), two(9), three(9), one(4))
print(depth([[[], [[]]], [[[[]]]], []]))
print(quick_sort([5, 3, 9, 1, 7, 5, 2]))
print(key_sort([1, [2, [3, 4]], [5]]))

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
