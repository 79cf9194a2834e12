"""Exceptions through Python frames, through functions in C, and in finally, else and with."""


class Custom(Exception):
    def __init__(self, text):
        super().__init__(text)
        self.text = text

    def __str__(self):
        return "custom " + self.text


def thrower(depth):
    if depth == 0:
        raise Custom("bottom")
    thrower(depth - 1)


def middle():
    try:
        thrower(5)
    finally:
        len("finally")


def raising_key(value):
    if value == 3:
        raise ValueError("key of %d" % value)
    return -value


def reraise():
    try:
        int("not a number")
    except ValueError as error:
        raise KeyError("from") from error


def swallow(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)
    else:
        return "no exception"
    finally:
        abs(-1)


def through_c():
    return sorted([1, 2, 3, 4], key=raising_key)


def through_map():
    return list(map(raising_key, [1, 2, 3, 4]))


def through_sort_and_map():
    return [sorted(part, key=raising_key) for part in map(list, ([1, 2], [3, 4]))]


class Hostile:
    def __getattr__(self, name):
        raise AttributeError(name)

    def __eq__(self, other):
        raise Custom("eq")

    def __hash__(self):
        raise Custom("hash")

    def __len__(self):
        raise Custom("len")

    def __iter__(self):
        raise Custom("iter")

    def __del__(self):
        len("deleted")


def stop(n):
    for i in range(n):
        try:
            next(iter([]))
        except StopIteration:
            continue


def many(n):
    caught = 0
    for i in range(n):
        try:
            [].pop()
        except IndexError:
            caught += 1
        try:
            {}.popitem()
        except KeyError:
            caught += 1
    return caught


def builtin_recursion():
    def key(n):
        if n > 4:
            raise Custom("deep in sorted")
        return sorted([n + 1], key=key)
    return sorted([0], key=key)


def unbounded(n):
    return unbounded(n + 1)


for function in (middle, reraise, through_c, through_map, through_sort_and_map, builtin_recursion):
    print(function.__name__, swallow(function))
print(swallow(int, "x"), swallow(len, Hostile()), swallow(iter, Hostile()), swallow(hash, Hostile()))
print(swallow(Hostile().__eq__, 1), hasattr(Hostile(), "x"), getattr(Hostile(), "y", "default"))
print(swallow([].index, 1), swallow("".join, [1]), swallow({}.__getitem__, 1), many(20))
stop(5)
try:
    try:
        thrower(2)
    except Custom:
        thrower(1)
except Custom as error:
    print(error, error.__context__)

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
