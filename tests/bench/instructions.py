"""How many instructions an event costs, counted by callgrind and compared with a baseline.

usage: instructions.py [--pyperf PATH] [--only-python REGEX | --each-engine] [--json FILE] [--update]

Every program runs at two sizes: the difference is what events cost, without start-up. Shown are,
for each event, the instructions inside our callbacks (with what they call) and all instructions
that recording adds (what the interpreter does to call us included: the same program with
`--engine none` is taken off); and what making a node costs, over entering and leaving one that
is there. Unlike times, these figures are the same in every run, also on a busy machine.

instructions.json has the figures that are expected, for each Python, engine, compiler, processor
architecture, way of linking and clock: the test fails where one is more than 5 % higher. Where
there is no baseline, the figures are only shown. --update writes what was counted into it.

SPDX-License-Identifier: MIT
"""
import argparse
import concurrent.futures
import glob
import json
import os
import platform
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

import callgrind  # noqa: E402
from workloads import FOLDER  # noqa: E402

BASELINE = os.path.join(HERE, "instructions.json")
TOLERANCE = 1.05
NODE_GOAL = 150
NODE = "new node"

# title: program, the two sizes, with builtins?
SERIES = {
    "fib": ("fib.py", ("14", "18"), True),
    "fib, no builtins": ("fib.py", ("14", "18"), False),
    "builtins": ("builtins.py", ("2000", "8000"), True),
    "contexts": ("contexts.py", ("10", "13"), False),
}


def built_with():
    """Compiler and major version ("GNU-12"), and the kind of build, as CMake noted them."""
    build = os.path.join(os.path.dirname(harness.pyperf()), "..")
    found = {}
    for path in [*glob.glob(os.path.join(build, "CMakeFiles", "*", "CMakeCCompiler.cmake")),
                 os.path.join(build, "CMakeCache.txt")]:
        if os.path.exists(path):
            with open(path) as file:
                found.update(re.findall(r'^(?:set\()?(CMAKE_\w+?)(?: "|:\w+=)(.*?)(?:"\))?$',
                                        file.read(), re.M))
    compiler = "%s-%s" % (found.get("CMAKE_C_COMPILER_ID", "unknown"),
                          found.get("CMAKE_C_COMPILER_VERSION", "0").partition(".")[0])
    return compiler, found.get("CMAKE_BUILD_TYPE", "unknown")


def slope(pair, value):
    """How much a value of the counts grows from the small to the large run."""
    return value(pair[1]) - value(pair[0])


def per_event(pair, without):
    """The figures of one series; `without`: the same program with no engine, or None."""
    events = slope(pair, callgrind.Counts.events)
    if not events:
        raise SystemExit("no call of our callbacks was counted: is the host stripped?")
    found = {"events": events, "callbacks": slope(pair, callgrind.Counts.recording) / events, "each": {}}
    if without:
        added = slope(pair, lambda counts: counts.total) - slope(without, lambda counts: counts.total)
        found["added"] = added / events
    for name in callgrind.CALLBACKS:
        calls = slope(pair, lambda counts: counts.calls.get(name, 0))
        if calls > events / 100:  # more than a few calls at the end of the program
            found["each"][name] = slope(
                pair, lambda counts: counts.inclusive.get(name, 0)) / calls
    return found


def clock_of(pair):
    """Which clock the recorder read: the processor's counter, or the system's through libc?"""
    reads = slope(pair, lambda counts: sum(calls for name, calls in counts.calls.items()
                                           if "clock_gettime" in name))
    return "monotonic" if reads > slope(pair, callgrind.Counts.events) / 2 else "counter"


def count(python, pool):
    """The figures of one interpreter, and what its baseline goes by."""
    def start(file, sizes, **options):
        return [pool.submit(callgrind.run, python, [os.path.join(FOLDER, file), size], **options)
                for size in sizes]

    def result(futures):
        return [future.result() for future in futures]

    series = {title: start(file, sizes, builtins=builtins)
              for title, (file, sizes, builtins) in SERIES.items()}
    nothing = {file: start(file, sizes, engine="none")
               for file, sizes in {(file, sizes) for file, sizes, _ in SERIES.values()}}
    found = {title: per_event(result(series[title]), result(nothing[SERIES[title][0]]))
             for title in SERIES}
    new = found.pop("contexts")
    # Without builtins a call is two events under each engine.
    found[NODE] = {"callbacks": 2 * (new["callbacks"] - found["fib, no builtins"]["callbacks"]),
                   "events": new["events"] // 2, "each": {}}
    key = "Python %d.%d %s, %s, %s, libpython %s, clock %s" % (
        *python.version_info[:2], python.engine, platform.machine(), built_with()[0],
        python.linkage, clock_of(result(series["fib"])))
    return key, found


def judge(found, baseline):
    """What is too high, one line for each."""
    for title, expected in baseline.items():
        got = found[title]["callbacks"] if title in found else 0
        if got > expected * TOLERANCE:
            yield "%s: %.1f instructions, %.1f are expected (+%.0f %%)" % (
                title, got, expected, 100 * (got / expected - 1))


def show(key, found, baseline):
    print(key)
    print("  %-17s %9s %9s %9s  %s" % ("", "callbacks", "expected", "added", "of these"))
    for title, figures in found.items():
        parts = ["%s %.1f" % item for item in figures["each"].items()]
        if title == NODE:
            parts = ["goal: ≤ %d, %s" % (
                NODE_GOAL, "met" if figures["callbacks"] <= NODE_GOAL else "MISSED")]
        print("  %-17s %9.1f %9s %9s  %s" % (
            title, figures["callbacks"], "%.1f" % baseline[title] if title in baseline else "–",
            "%.1f" % figures["added"] if "added" in figures else "–", ", ".join(parts)), flush=True)


def load(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)


def save(path, data):
    with open(path, "w") as file:
        json.dump(data, file, indent=1, sort_keys=True)
        file.write("\n")


def one_for_each_engine(pythons, baselines):
    chosen = {}
    for python in pythons:
        name = "Python %d.%d %s," % (*python.version_info[:2], python.engine)
        known = any(key.startswith(name) for key in baselines)
        if python.engine not in chosen or known:
            chosen[python.engine] = python
    return list(chosen.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pyperf")
    parser.add_argument("--only-python", help='interpreters whose "VERSION in PREFIX" matches')
    parser.add_argument("--each-engine", action="store_true",
                        help="one interpreter for each engine: one with a baseline, if there is any")
    parser.add_argument("--json", help="write the figures to this file")
    parser.add_argument("--update", action="store_true", help="make them the baseline")
    options = parser.parse_args()
    harness.choose(pyperf=options.pyperf, only_python=options.only_python)
    kind = built_with()[1]
    why_not = callgrind.missing()
    if kind != "Release" or harness.sanitized():
        why_not = "this is a build of kind %s, not a release" % kind
    if why_not:
        print("skipped: " + why_not)
        return 0
    baselines, report, problems = load(BASELINE), {}, []
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        pythons = harness.chosen_interpreters()
        for python in one_for_each_engine(pythons, baselines) if options.each_engine else pythons:
            key, found = count(python, pool)
            report[key] = found
            baseline = baselines.get(key, {})
            show("%s (%s)" % (key, python.version), found, baseline)
            if options.update:
                baselines[key] = {title: round(figures["callbacks"], 1)
                                  for title, figures in found.items()}
            elif baseline:
                problems += ["%s: %s" % (key, line) for line in judge(found, baseline)]
            else:
                print("  skipped: no baseline for " + key)
    if options.json:
        save(options.json, report)
    if options.update:
        save(BASELINE, baselines)
    for line in problems:
        print("FAILED: " + line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
