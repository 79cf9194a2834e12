"""Context managers: classes, contextlib, ExitStack, with exceptions that are and are not swallowed."""
import contextlib
import os


class Manager:
    def __init__(self, swallow):
        self.swallow = swallow

    def __enter__(self):
        len("enter")
        return self

    def __exit__(self, kind, value, traceback):
        len("exit")
        return self.swallow


@contextlib.contextmanager
def managed(name):
    try:
        yield name.upper()
    except KeyError:
        len("swallowed")
    finally:
        len("done")


@contextlib.contextmanager
def nested(n):
    if n == 0:
        yield 0
    else:
        with nested(n - 1) as below:
            yield below + 1


def raising(error):
    raise error


def use(manager, error=None):
    with manager as value:
        if error is not None:
            raising(error)
        return value


class Closing:
    def close(self):
        len("closed")


use(Manager(False))
use(Manager(True), KeyError(1))
try:
    use(Manager(False), KeyError(2))
except KeyError:
    len("outside")
print(use(managed("a")), use(managed("b"), KeyError(3)))
try:
    use(managed("c"), ValueError(4))
except ValueError as error:
    print(error)
print(use(nested(6)))
with contextlib.ExitStack() as stack:
    for i in range(3):
        stack.enter_context(Manager(i == 1))
        stack.callback(len, "callback")
    stack.push(lambda *exception: None)
    raising(LookupError(5))
with contextlib.suppress(ZeroDivisionError):
    1 // 0
with contextlib.closing(Closing()), open(os.devnull, "w") as sink, contextlib.redirect_stdout(sink):
    print("nowhere")


@managed("decorator")
def decorated(x):
    return x


print(decorated(1))

os._exit(0)  # what follows the end of __main__ is not compared
