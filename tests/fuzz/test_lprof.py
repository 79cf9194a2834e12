"""Damaged files of line_profiler; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import os
import pickle
import sys
import types

from fuzzing import Target, harness


class LineStats:
    """Pickles as line_profiler's does."""

    def __init__(self, timings, unit):
        self.timings = timings
        self.unit = unit


def pickled(directory, protocol, name, timings):
    module = types.ModuleType("line_profiler.line_profiler")
    module.LineStats = LineStats
    LineStats.__module__ = module.__name__
    sys.modules.update({"line_profiler": types.ModuleType("line_profiler"), module.__name__: module})
    path = os.path.join(directory, "lines.%d.%s" % (protocol, name))
    with open(path, "wb") as file:
        pickle.dump(LineStats(timings, 1e-9), file, protocol)
    return path


def functions(count):
    """So many, with a few lines each."""
    return {("/place/module.py", 10 * number, "function_%d" % number):
            [(10 * number + line, 2 ** line, 3 ** line) for line in range(1, 30, 7)]
            for number in range(1, count + 1)}


def rare():
    """Times that are no integers, and lists that functions share, which no profiler writes."""
    shared = [(11, 1, 2.5)]
    return {("x.py", 10, "f"): [(11, 3, 1e300), (12, 2 ** 70, 2 ** 40)], ("x.py", 20, "g"): [],
            ("x.py", 30, "h"): shared, ("x.py", 40, "k"): shared}


class Lprof(Target):
    name = "lprof"
    reader = ("formats/lprof_read", "formats/pickle_reader", "formats/pickle_machine")

    def small_seeds(self, directory):
        return [pickled(directory, protocol, "few", functions(2)) for protocol in range(6)] + [
            pickled(directory, protocol, "rare", rare()) for protocol in (2, 4)]

    def seeds(self, directory):
        return self.small_seeds(directory) + [
            pickled(directory, protocol, "many", functions(300)) for protocol in (0, 4)]


if __name__ == "__main__":
    harness.main()
