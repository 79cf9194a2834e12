"""Runs a program under cProfile, with a profiler of its own in each thread it starts.

usage: cprofile_threads.py OUTPUT PROGRAM [ARGUMENT…]

Up to Python 3.11 `python -m cProfile` records the main thread only. What the threads' profilers
saw is added to OUTPUT, as someone would do who wants these threads in the profile.

SPDX-License-Identifier: MIT
"""
import cProfile
import os
import pstats
import runpy
import sys
import threading

profilers = []


def begin(*event):
    """The first event of a thread: from here on its profile hook is cProfile's."""
    profiler = cProfile.Profile()
    profilers.append(profiler)
    profiler.enable()


def main():
    output, sys.argv[:] = sys.argv[1], sys.argv[2:]
    sys.path[0] = os.path.dirname(sys.argv[0])
    threading.setprofile(begin)
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        profiler.disable()
        threading.setprofile(None)
        stats = pstats.Stats(profiler)
        for other in profilers:
            stats.add(other)
        stats.dump_stats(output)


main()
