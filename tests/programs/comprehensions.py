"""Comprehensions and generator expressions, nested, with calls, at module level and in functions."""


def square(n):
    return n * n


def in_function(n):
    lists = [square(i) for i in range(n)]
    sets = {square(i) % 5 for i in range(n)}
    dicts = {i: square(i) for i in range(n) if square(i) > 4}
    return lists, sets, dicts, sum(square(i) for i in range(n))


def nested(n):
    return [[square(i * j) for j in range(i)] for i in range(n)]


def closures(n):
    return [f() for f in [lambda: square(i) for i in range(n)]]


class Body:
    values = [square(i) for i in range(3)]
    table = {value: [value for _ in range(2)] for value in values}


def failing(n):
    try:
        return [1 // (n - i) for i in range(n + 1)]
    except ZeroDivisionError:
        return [len(str(i)) for i in range(n)]


print([square(i) for i in range(4)], {square(i) for i in range(4)}, {i: square(i) for i in range(3)})
print(in_function(5), nested(4), closures(3), Body.table, failing(4))
print(list(square(i) for i in (square(j) for j in range(4))), [x for x in sorted({3, 1}, key=square)])
print([a + b for a in range(2) for b in (square(c) for c in range(2))])

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
