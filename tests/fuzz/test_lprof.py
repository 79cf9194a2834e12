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


def pickled(directory, protocol, functions):
    """A file of so many functions with a few lines each."""
    module = types.ModuleType("line_profiler.line_profiler")
    module.LineStats = LineStats
    LineStats.__module__ = module.__name__
    sys.modules.update({"line_profiler": types.ModuleType("line_profiler"), module.__name__: module})
    timings = {("/place/module.py", 10 * number, "function_%d" % number):
               [(10 * number + line, 2 ** line, 3 ** line) for line in range(1, 30, 7)]
               for number in range(1, functions + 1)}
    path = os.path.join(directory, "lines.%d.%d" % (protocol, functions))
    with open(path, "wb") as file:
        pickle.dump(LineStats(timings, 1e-9), file, protocol)
    return path


class Lprof(Target):
    name = "lprof"
    reader = ("formats/lprof_read", "formats/pickle_reader", "formats/pickle_machine")

    def small_seeds(self, directory):
        return [pickled(directory, protocol, 2) for protocol in range(6)]

    def seeds(self, directory):
        return self.small_seeds(directory) + [pickled(directory, protocol, 300) for protocol in (0, 4)]


if __name__ == "__main__":
    harness.main()
