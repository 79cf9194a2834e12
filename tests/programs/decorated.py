"""Decorated as kernprof has it, in every way there is."""
import asyncio
import functools


@profile
def function(n):
    total = 0
    for i in range(n):
        total += i
    return total


def undecorated(n):
    return n + 1


class Shapes:
    @profile
    def method(self):
        return undecorated(1)

    @profile
    @classmethod
    def of_class(cls):
        return cls.__name__

    @classmethod
    @profile
    def of_class_inside(cls):
        return cls.__name__.upper()

    @profile
    @staticmethod
    def static():
        return "static"

    @profile
    @property
    def size(self):
        return 3


@profile
class Whole:
    def first(self):
        return 1

    def second(self):
        return 2


@profile
def generator(n):
    for i in range(n):
        got = yield i
    return got


@profile
async def coroutine():
    await asyncio.sleep(0)
    return "done"


partial = profile(functools.partial(function, 4))


def added():
    return "added"


profile.add_function(added)


def drain():
    values = []
    running = generator(3)
    try:
        values.append(next(running))
        while True:
            values.append(running.send("sent"))
    except StopIteration as stop:
        values.append(stop.value)
    return values


with profile:
    print(function(3), function.__name__, function.__doc__)
profile.enable()
shapes = Shapes()
print(shapes.method(), Shapes.of_class(), Shapes.of_class_inside(), Shapes.static(), shapes.size)
print(Whole().first(), Whole().second(), partial(), added(), profile.runcall(undecorated, 5))
profile.disable()
profile.enable_by_count()
profile.disable_by_count()
print(drain())
loop = asyncio.new_event_loop()
print(loop.run_until_complete(coroutine()))
loop.close()
if profile.print_stats() is not None:
    print("print_stats returned something")
