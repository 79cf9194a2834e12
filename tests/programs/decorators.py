"""Decorators and closures: nested, with arguments, caches, partial, singledispatch, nonlocal."""
import functools


def plain(function):
    def wrapper(*arguments, **named):
        return function(*arguments, **named)
    return wrapper


def with_arguments(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments):
            return [function(*arguments) for _ in range(times)]
        return wrapper
    return decorate


class Counting:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)

    def __get__(self, instance, owner):
        return functools.partial(self, instance)


@plain
@with_arguments(3)
@plain
def decorated(x):
    return x + 1


@functools.lru_cache(maxsize=None)
def cached(n):
    return n if n < 2 else cached(n - 1) + cached(n - 2)


@functools.singledispatch
def describe(value):
    return "something"


@describe.register(int)
def _(value):
    return "a number"


@describe.register(list)
def _(value):
    return "a list of " + ", ".join(map(describe, value))


class Thing:
    @Counting
    def method(self, x):
        return x * 2

    @functools.lru_cache(maxsize=4)
    def cached(self, x):
        return x * 3


def counter():
    total = 0

    def add(n):
        nonlocal total
        total += n
        return total

    def reset():
        nonlocal total
        total = 0
    return add, reset


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x
    return composed


def defaults(x, f=lambda x: x + 1, *, g=abs):
    return g(f(x))


add, reset = counter()
print(decorated(1), cached(30), describe(1), describe([1, [2], "x"]))
print([add(i) for i in range(5)], reset(), add(1))
print(compose(decorated, len, counter()[0], str)(5), defaults(-3), defaults(2, f=lambda x: -x))
thing = Thing()
print(thing.method(3), thing.method(4), Thing.method.__class__.__name__, thing.cached(2), thing.cached(2))
makers = [lambda x, n=n: x + n for n in range(3)]
print([make(10) for make in makers])

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
