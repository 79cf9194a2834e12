"""Callbacks from C: sorted, min, max, map, filter, reduce, cmp_to_key, bisect, re.sub."""
import bisect
import functools
import operator
import re


def key(value):
    return -value


def compare(a, b):
    return sign(a - b)


def sign(value):
    return (value > 0) - (value < 0)


def even(value):
    return value % 2 == 0


def add(a, b):
    return a + b


class Ordered:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return key(self.value) < key(other.value)

    def __repr__(self):
        return "Ordered(%d)" % self.value


def replace(match):
    return match.group(0).upper()


def callback_in_callback(values):
    return sorted(values, key=lambda value: max(range(value + 1), key=lambda n: min(n, 3, key=key)))


values = [5, 2, 8, 1, 9, 3]
print(sorted(values, key=key), sorted(values, key=functools.cmp_to_key(compare)))
print(sorted(map(Ordered, values)), min(map(Ordered, values)), max(values, key=key))
print(list(filter(even, values)), functools.reduce(add, values), list(map(add, values, values)))
copy = list(values)
copy.sort(key=key, reverse=True)
print(copy, sorted(["b", "A", "c"], key=str.lower), sorted([(1, 2), (0, 3)], key=operator.itemgetter(1)))
print(bisect.bisect(sorted(map(Ordered, values)), Ordered(4)))
print(re.sub("[ab]", replace, "aXbYc"), callback_in_callback(values))
print(list(map(functools.partial(add, 10), values)), sum(map(len, ["a", "bb"])))
for _ in range(10):
    values.sort(key=key)
    list(map(sign, filter(even, values)))

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
