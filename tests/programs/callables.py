"""Callables in C: methods of subclasses, bound and unbound, slots, partial, types, vectorcalls."""
import collections
import functools
import io
import itertools
import json
import math
import operator
import struct


class Items(list):
    pass


class Logged(list):
    def append(self, value):
        super().append(value)
        list.extend(self, [value])


class Table(dict):
    def __missing__(self, key):
        self[key] = len(self)
        return self[key]


class Number(int):
    def __add__(self, other):
        return Number(int.__add__(self, other))


class Text(str):
    def upper(self):
        return Text(super().upper())


class Callable:
    def __call__(self, *arguments):
        return len(arguments)


def direct():
    items = Items()
    for i in range(5):
        items.append(i)
        list.append(items, i)
    items.sort()
    return len(items), items.index(3), list.index(items, 4), items.count(1)


def bound():
    append = [].append
    for i in range(4):
        append(i)
    join = ", ".join
    return join(["a", "b"]), join(map(str, range(3))), operator.methodcaller("upper")("x")


def logged():
    log = Logged()
    for i in range(3):
        log.append(i)
    return log


def tables():
    table = Table()
    counts = collections.Counter("abracadabra")
    default = collections.defaultdict(list)
    default["x"].append(1)
    return [table[key] for key in "abca"], counts.most_common(2), dict.fromkeys("ab", 1), default


def constructors():
    return (list(range(3)), dict(a=1), set("ab"), tuple([1]), str(1), int("12"), float("1.5"), bytes(3),
            Number(3) + 4, Text("a").upper(), type(3), object().__class__, bytearray(b"x").hex(),
            dict.__new__(dict), object.__new__(Callable)(1), list.__new__(Items))


def partials():
    add = functools.partial(operator.add, 1)
    twice = functools.partial(functools.partial(max, 3), 4)
    return add(2), twice(5), functools.partial(Callable(), 1)(2), functools.partial(len)([1])


def keywords():
    return (sorted([3, 1], reverse=True), "a{x}".format(x=1), int("ff", base=16), max([1], default=0),
            "a b".split(maxsplit=1), sorted(*[[2, 1]], **{"reverse": True}), print(*[], end=""),
            dict(**{"a": 1}), len(*[[1]]))


def slots():
    value = Number(5)
    return value + 1, value == 5, hash(value), repr(value), str(value), [1, 2].__len__(), (3).__add__(4)


def library():
    buffer = io.StringIO()
    buffer.write("text")
    buffer.seek(0)
    return (buffer.read(), json.loads(json.dumps({"a": [1, 2, {"b": None}]})), math.gcd(12, 18),
            struct.unpack("<I", struct.pack("<I", 7)), list(itertools.accumulate([1, 2, 3], max)),
            list(itertools.starmap(pow, [(2, 3)])), list(map(len, ["a", "bb"])), list(filter(len, ["", "x"])),
            list(zip(*map(reversed, ["ab", "cd"]))), getattr(3, "bit_length")(), isinstance(1, (int, str)))


for function in (direct, bound, logged, tables, constructors, partials, keywords, slots, library):
    print(function.__name__, function(), function())
setattr(Items, "added", lambda self: len(self))
print(Items([1, 2]).added(), vars(Items).get("added") is not None, any(map(callable, [len])))

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
