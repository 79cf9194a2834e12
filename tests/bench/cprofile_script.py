"""Runs a program under cProfile as `python -m cProfile` cannot: without functions implemented in C,
or with a profiler in each thread.

usage: cprofile_script.py OUTPUT builtins|python PROGRAM [ARGUMENT…]

`python`: Python functions only. Up to Python 3.11, where a profiler sees its own thread only, each
thread that the program starts gets one, and OUTPUT has what all of them saw, as someone would do
who wants these threads in the profile.

SPDX-License-Identifier: MIT
"""
import cProfile
import io
import os
import pstats
import sys
import threading

profilers = []
builtins = sys.argv[2] == "builtins"


def begin(*event):
    """The first event of a thread: from here on its profile hook is cProfile's."""
    profiler = cProfile.Profile(builtins=builtins)
    profilers.append(profiler)
    profiler.enable()


def main():
    output, sys.argv[:] = sys.argv[1], sys.argv[3:]
    sys.path[0] = os.path.dirname(sys.argv[0])
    with io.open_code(sys.argv[0]) as file:
        code = compile(file.read(), sys.argv[0], "exec")
    module = type(sys)("__main__")
    module.__dict__.update(__file__=sys.argv[0], __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = module
    if sys.version_info < (3, 12):
        threading.setprofile(begin)
    profiler = cProfile.Profile(builtins=builtins)
    try:
        profiler.runctx(code, module.__dict__, module.__dict__)
    finally:
        threading.setprofile(None)
        stats = pstats.Stats(profiler)
        for other in profilers:
            stats.add(other)
        stats.dump_stats(output)


main()
