"""Generators: iteration, yield from, send, throw, close, abandonment, recursion."""
import itertools


def count(n):
    for i in range(n):
        yield i


def delegate(n):
    got = yield from count(n)
    yield got
    yield from [10, 20]
    return "done"


def outer(n):
    result = yield from delegate(n)
    yield result


def echo():
    value = None
    while True:
        try:
            value = yield value
        except KeyError as error:
            value = repr(error)
        except ValueError:
            break
        finally:
            len("xy")
    yield "after break"


def through(inner):
    return (yield from inner)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        len("closing")
        raise
    finally:
        len("finally")


def never_started():
    yield 1


def failing():
    yield 1
    raise RuntimeError("inside a generator")


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


def consume(iterable):
    return sum(1 for _ in iterable)


def driver():
    print(list(outer(3)), consume(count(5)), list(tree(4)))

    generator = echo()
    next(generator)
    print(generator.send("sent"), generator.throw(KeyError("k")), generator.throw(ValueError("v")))
    print(next(generator, "exhausted"))

    generator = through(through(echo()))
    next(generator)
    print(generator.send("deep"), generator.throw(KeyError("through")))
    generator.close()

    generator = stubborn()
    next(generator)
    generator.close()
    generator.close()

    never_started().close()
    try:
        never_started().throw(KeyError("before start"))
    except KeyError as error:
        print("not started:", error)
    del generator

    try:
        list(failing())
    except RuntimeError as error:
        print(error)

    abandoned = stubborn()
    next(abandoned)
    del abandoned

    finished = count(0)
    print(list(finished), list(finished))
    try:
        finished.throw(KeyError("finished"))
    except KeyError as error:
        print("finished:", error)

    print(list(itertools.islice(tree(6), 5)))
    print(list(zip(count(3), tree(2))), dict(zip("ab", count(9))))
    print(max(x * x for x in count(7)), any(x > 2 for x in count(10)))


driver()
for value in count(3):
    print(value)

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
