"""Lines of every kind, each function decorated for line_profiler where that is there.

SPDX-License-Identifier: MIT
"""
import asyncio
import contextlib
import functools

try:
    profile
except NameError:
    def profile(function):
        return function


@profile
def loops(count):
    total = 0
    for i in range(count):
        if i % 2:
            continue
        total += i
    else:
        total += 1
    while total > 10:
        total //= 2
    for i in range(3): total += i
    return total


@profile
def comprehensions(count):
    squares = [i * i for i in range(count)]
    pairs = {
        i: i + 1
        for i in range(count)
        if i % 2
    }
    odd = {i for i in squares if i % 2}
    return sum(
        i + len(odd)
        for i in pairs
    )


@profile
def finally_(count):
    done = 0
    for i in range(count):
        try:
            if i == 2:
                raise ValueError(i)
            if i == 4:
                continue
            done += 1
        except ValueError as error:
            done += error.args[0]
        else:
            done += 10
        finally:
            done += 100
    return done


@profile
def raises(value):
    if value:
        raise KeyError(value)
    return value


@profile
def catches(count):
    caught = 0
    for i in range(count):
        try:
            raises(i % 2)
        except KeyError:
            caught += 1
    return caught


@contextlib.contextmanager
@profile
def managed(values):
    values.append("in")
    try:
        yield values
    finally:
        values.append("out")


@profile
def with_(count):
    values = []
    for _ in range(count):
        with managed(values) as same, \
                contextlib.suppress(ValueError):
            same.append(1)
            raise ValueError
    return len(values)


def decorator(factor):
    @profile
    def decorate(function):
        @functools.wraps(function)
        @profile
        def wrapper(*arguments):
            result = function(*arguments)
            return factor * result
        return wrapper
    return decorate


@decorator(2)
@profile
def decorated(value):
    return value + 1


@profile
def nested(count):
    @profile
    def inner(value):
        return value * 2
    double = profile(lambda value: value * 2)
    triple = profile(lambda value:
                     value * 3)
    return [inner(double(triple(i))) for i in range(count)]


@profile
def calls(a, b=0, *, c=0):
    return a + b + c


@profile
def multi_line(count):
    for i in range(count):
        calls(
            calls(i),
            calls(i,
                  i),
            c=calls(
                i,
            ),
        )
    text = (
        "a"
        + str(count)
        + "c"
    )
    return text if (
        count > 2
        and count < 100
    ) else None


@profile
def generates(count):
    for i in range(count):
        received = yield i
        if received:
            i += received
    try:
        yield -1
    finally:
        count = 0
    return count


@profile
def delegates(count):
    result = yield from generates(count)
    yield result or 0


@profile
def consumes(count):
    total = sum(delegates(count))
    generator = generates(count)
    next(generator)
    generator.send(5)
    generator.close()
    generator = generates(count)
    try:
        generator.throw(ValueError)
    except ValueError:
        total += 1
    generator = generates(1)
    next(generator)
    next(generator)
    try:
        generator.throw(ValueError)
    except ValueError:
        total += 1
    return total


@profile
async def sleeps(count):
    for i in range(count):
        await asyncio.sleep(0)
    return count


@profile
async def agenerates(count):
    for i in range(count):
        await asyncio.sleep(0)
        yield i


@profile
async def gathers(count):
    total = 0
    async for i in agenerates(count):
        total += i
    total += sum([
        i async for i in agenerates(count)
    ])
    results = await asyncio.gather(*[
        sleeps(i) for i in range(count)
    ])
    return total + sum(results)


@profile
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


@profile
def even(n): return n == 0 or odd(n - 1)


@profile
def odd(n):
    if n == 0:
        return False
    return even(n - 1)


@profile
def never():
    return None


@profile
def docstring():
    """A docstring
    of two lines."""
    value = 1
    global unused
    unused = value
    del unused
    return value


class Methods:
    @profile
    def __init__(self, value):
        self.value = value

    @property
    @profile
    def doubled(self):
        return self.value * 2

    @staticmethod
    @profile
    def static(value):
        return value

    @classmethod
    @profile
    def make(cls, value):
        return cls(
            value,
        )


def main():
    loops(20)
    comprehensions(10)
    finally_(8)
    catches(5)
    with_(3)
    decorated(1)
    decorated(2)
    nested(3)
    multi_line(4)
    consumes(4)
    asyncio.run(gathers(3))
    fib(8)
    even(7)
    docstring()
    for i in range(3):
        made = Methods.make(i)
        made.static(made.doubled)


if __name__ == "__main__":
    main()
