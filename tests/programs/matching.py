"""The match statement, with classes that define what it calls.  requires: 3.10"""


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self._y = y

    @property
    def y(self):
        return abs(self._y)


class Meta(type):
    def __instancecheck__(cls, instance):
        return len(str(instance)) == 3


class Three(metaclass=Meta):
    pass


def guard(n):
    return n > 2


def classify(value):
    match value:
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=n) if guard(n):
            return "far on the axis"
        case Point():
            return "point"
        case [first, *rest]:
            return [classify(first), len(rest)]
        case {"key": inner, **others}:
            return classify(inner), len(others)
        case int() | float() if guard(value):
            return "big"
        case Three():
            return "three"
        case _:
            return "other"


for value in (Point(0, 0), Point(0, -5), Point(0, 1), [1, [5, 2], 3], {"key": [7], "x": 1}, 9, 1, 123, 1.5, "x"):
    print(classify(value))

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
