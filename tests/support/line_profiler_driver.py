"""Runs a program under line_profiler, which is importable here, and writes what it has counted.

usage: line_profiler_driver.py OUTPUT.json PROGRAM [ARGUMENT…]

The output is a list of [file, first line, name, {line: hits}].

SPDX-License-Identifier: MIT
"""
import builtins
import json
import sys

import line_profiler


def main():
    output, program = sys.argv[1:3]
    sys.argv = sys.argv[2:]
    profiler = line_profiler.LineProfiler()
    builtins.profile = profiler
    with open(program) as file:
        code = compile(file.read(), program, "exec")
    exec(code, {"__name__": "__main__", "__file__": program})
    timings = profiler.get_stats().timings
    with open(output, "w") as file:
        json.dump([[*key, {line: hits for line, hits, _ in lines}]
                   for key, lines in timings.items()], file)


if __name__ == "__main__":
    main()
