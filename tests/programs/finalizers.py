"""What the interpreter calls by itself: __del__, weakref callbacks, the collector, hash, bool."""
import gc
import weakref


class Deleted:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        note(self.name)


def note(name):
    log.append(name)


def callback(reference):
    log.append("callback")


def lose(n):
    for i in range(n):
        Deleted(i)


def cycle(n):
    for i in range(n):
        one, two = Deleted("one"), Deleted("two")
        one.other, two.other = two, one


class Failing:
    def __del__(self):
        try:
            raise ValueError("in __del__")
        except ValueError:
            log.append("failed")


log = []
gc.disable()
gc.collect()  # what was there before
lose(4)
cycle(3)
print(gc.collect())
target = Deleted("target")
reference = weakref.ref(target, callback)
proxy = weakref.proxy(target, callback)
print(proxy.name, reference() is target)
del target
values = weakref.WeakValueDictionary()
value = values["x"] = Deleted("value")
del value
keys = weakref.WeakKeyDictionary({Deleted("key"): 1})
finalizer = weakref.finalize(Deleted, note, "never")
finalizer.detach()
owner = Deleted("owner")
weakref.finalize(owner, note, "finalized")
del owner
Failing()
stack = [Deleted("in a list") for _ in range(3)]
stack.clear()
Deleted("temporary").name
gc.callbacks.append(lambda phase, info: note(phase))
gc.collect()
gc.callbacks.clear()
print(log)

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
