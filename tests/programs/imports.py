"""Imports: a package with relative and circular imports, lazy and failing ones, reload, the library."""
import importlib
import os
import sys

import package
from package import first, lazy
from package.inner import deepest
import package.inner.deepest as again


def in_function():
    from package import second
    import package.first
    return second.value + package.first.VALUE


print(package.NAME, first.compute(3), deepest.depth(), again is deepest, in_function())
print(lazy.load().late(2), importlib.import_module("package.second").value)
for name in ("package.missing", "package.broken", "no_such_module_anywhere"):
    try:
        importlib.import_module(name)
    except (ImportError, ZeroDivisionError) as error:
        print(type(error).__name__, error)
importlib.reload(first)
print("package.late" in sys.modules, os.path.basename(package.__file__))
import colorsys  # noqa: E402  small modules of the library that nothing has imported yet
import this as _zen  # noqa: E402,F401  one that prints
print(colorsys.rgb_to_hsv(1, 0, 0))

os._exit(0)  # what follows the end of __main__ is not compared
