"""Calls of many kinds, under names that mean something in files of other tools: recursion,
generators, builtins that call back, a second thread, functions that share their names.

SPDX-License-Identifier: MIT
"""
import threading
import types

NAMES = ["semi;colon", "</script><img src=x onerror=alert(1)>", "]]>&amp;", 'quo"te\\back', "it's",
         "new\nline\ttab\x1b[31m", "=1+1", "na\u00efve_\U0001f40d", "lone_\ud800", "spaces  ",
         "ends in a number 12", "(3) looks like a reference", "# comment"]


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


class Order:
    def prices(self):
        for price in range(300):
            yield price

    def total(self):
        return sum(self.prices())


class Invoice:
    def total(self):
        return sorted(range(2000), key=lambda number: -number)[0]


def renamed(name):
    def work(depth):
        return depth and work(depth - 1) + len(str(depth))

    code = work.__code__
    changes = {"co_name": name}
    if hasattr(code, "co_qualname"):
        changes["co_qualname"] = "Awkward." + name
    return types.FunctionType(code.replace(**changes), globals(), name, None, work.__closure__)


def main():
    fibonacci(14)
    Order().total()
    Invoice().total()
    for name in NAMES:
        renamed(name)(3)


thread = threading.Thread(target=main, name="worker;<b>")
thread.start()
thread.join()
main()
