"""Calls of a builtin that is bound as a method: two objects take part in one call."""
import types


def direct():
    return types.MethodType(len, [1])()


def repeated(n):
    method = types.MethodType(max, 3)
    return [method(i) for i in range(n)]


class WithBuiltin:
    size = types.MethodType(len, [1, 2, 3])


def raising():
    try:
        types.MethodType(len, 3)()
    except (TypeError, ValueError):
        return "raised"


def as_class_attribute():
    return WithBuiltin().size()


def after():
    return abs(-1)


print(direct(), repeated(4), raising(), as_class_attribute(), after())

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
