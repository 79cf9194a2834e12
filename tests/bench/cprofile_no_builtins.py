"""Runs a program under cProfile without functions implemented in C: builtins=False.

usage: cprofile_no_builtins.py OUTPUT PROGRAM [ARGUMENT…]

`python -m cProfile` has no option for it. Up to Python 3.11, where a profiler sees its own thread
only, each thread that the program starts gets one, and OUTPUT has what all of them saw.

SPDX-License-Identifier: MIT
"""
import cProfile
import io
import os
import pstats
import sys
import threading

profilers = []


def begin(*event):
    """The first event of a thread: from here on its profile hook is cProfile's."""
    profiler = cProfile.Profile(builtins=False)
    profilers.append(profiler)
    profiler.enable()


def main():
    output, sys.argv[:] = sys.argv[1], sys.argv[2:]
    sys.path[0] = os.path.dirname(sys.argv[0])
    with io.open_code(sys.argv[0]) as file:
        code = compile(file.read(), sys.argv[0], "exec")
    module = type(sys)("__main__")
    module.__dict__.update(__file__=sys.argv[0], __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = module
    if sys.version_info < (3, 12):
        threading.setprofile(begin)
    profiler = cProfile.Profile(builtins=False)
    try:
        profiler.runctx(code, module.__dict__, module.__dict__)
    finally:
        threading.setprofile(None)
        stats = pstats.Stats(profiler)
        for other in profilers:
            stats.add(other)
        stats.dump_stats(output)


main()
