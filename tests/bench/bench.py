"""What pyperf adds to the time of programs, compared with what cProfile adds.

usage: bench.py [--pyperf PATH] [--only-python REGEX] [--newest] [--programs NAME,…]
                [--rounds N] [--json FILE] [--check]

Each round runs a program without a profiler, under cProfile and under pyperf, in random order,
with the same interpreter. Two times are taken: that of the whole process, as a user waits for
it (start-up, the writing of the file and pyperf's analysis included), and that of the workload,
which the program measures itself (so that neither profiler's report is in it). From the rounds'
medians comes the ratio of what pyperf adds to what cProfile adds; its 95 % interval is the
bootstrap's: rounds are drawn again with replacement, 4,000 times. Below 1, pyperf costs less.
On a machine that does other things, more rounds narrow the interval.

`orders` has CPU-bound threads. Up to Python 3.11 `python -m cProfile` does not see them; so that
both record the same calls, cProfile is enabled in each thread there (cprofile_threads.py). An interpreter that is
itself linked to a shared libpython (as pyenv's often are) is slower than a recorder with the same
library linked statically: there the ratio flatters pyperf, and the table marks the version "+".

--check ends with status 1 when the upper bound of any interval is 1 or more.

SPDX-License-Identifier: MIT
"""
import argparse
import json
import os
import platform
import random
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

# name: program, arguments, packages it needs
PROGRAMS = {
    "fib": ("fib.py", ["28"], []),
    "builtins": ("builtins.py", ["500000"], []),
    "pygments": ("highlight.py", ["argparse.py"], ["pygments"]),
    "docutils": ("publish.py", ["40"], ["docutils"]),
    "orders": ("orders.py", ["8000"], ["sqlite3"]),
}
THREADED = {"orders.py"}
WAYS = ("plain", "cProfile", "pyperf")
RESAMPLES = 4000


def command(way, python, program, output):
    if way == "plain":
        return [python.path, *program]
    threaded = os.path.basename(program[0]) in THREADED and python.version_info < (3, 12)
    if way == "cProfile" and threaded:
        return [python.path, os.path.join(HERE, "cprofile_threads.py"), output, *program]
    if way == "cProfile":
        return [python.path, "-m", "cProfile", "-o", output, *program]
    return [harness.pyperf(), "run", "--python", python.path, "-q", "-o", output, *program]


def run_once(way, python, program, output):
    """Seconds of the process and of the workload, and what the workload computed."""
    done = harness.run(command(way, python, program, output),
                       env=harness.environment(PYTHONPATH=harness.real_packages()), timeout=600)
    words = done.stdout.split()
    if done.status != 0 or words[:1] != ["seconds"]:
        raise SystemExit("failed: %s" % done)
    return done.seconds, float(words[1]), words[2:]


def measure(python, name, rounds):
    file, arguments, _ = PROGRAMS[name]
    program = [os.path.join(HERE, "programs", file), *arguments]
    output = os.path.join(harness.fresh_directory(), "out.prof")
    times = {way: {"process": [], "workload": []} for way in WAYS}
    results = [run_once(way, python, program, output)[2] for way in WAYS]  # warms caches, too
    if results[1:] != results[:-1]:
        raise SystemExit("%s computes different things: %r" % (name, results))
    for _ in range(rounds):
        for way in random.sample(WAYS, len(WAYS)):
            process, workload, _ = run_once(way, python, program, output)
            times[way]["process"].append(process)
            times[way]["workload"].append(workload)
    return times


def ratio(times, kind, chosen):
    """What pyperf adds over what cProfile adds, for these rounds; None if cProfile adds nothing."""
    plain, cprofile, pyperf = (statistics.median([times[way][kind][i] for i in chosen]) for way in WAYS)
    return (pyperf - plain) / (cprofile - plain) if cprofile > plain else None


def interval(times, kind):
    rounds = len(times["plain"][kind])
    drawn = [ratio(times, kind, random.choices(range(rounds), k=rounds)) for _ in range(RESAMPLES)]
    drawn = sorted(float("inf") if value is None else value for value in drawn)
    return drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1]


def summary(times):
    found = {}
    for kind in ("workload", "process"):
        found[kind] = {way: statistics.median(times[way][kind]) for way in WAYS}
        found[kind]["ratio"] = ratio(times, kind, range(len(times["plain"][kind])))
        found[kind]["interval"] = interval(times, kind)
    return found


def machine():
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    return {"processor": model, "processors": len(os.sched_getaffinity(0)), "system": platform.platform(),
            "load": os.getloadavg(), "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "pyperf": harness.run([harness.pyperf(), "--version"]).stdout.splitlines()[0]}


def gains_by_linking(python):
    """Is the interpreter linked to a shared library that the recorder has linked statically?"""
    code = "import sysconfig; print(sysconfig.get_config_var('LDLIBRARY') or '')"
    with open(python.path, "rb") as file:
        shared = b"libpython3" in file.read() and ".so" in harness.run([python.path, "-c", code]).stdout
    return shared and python.linkage == "static"


def show_row(python, name, found):
    for kind in ("workload", "process"):
        numbers = found[kind]
        value = "   – " if numbers["ratio"] is None else "%5.2f" % numbers["ratio"]
        print("%-9s %-10s %-9s %8.3f %8.3f %8.3f   %s  %5.2f to %5.2f" % (
            python.version + "+" * gains_by_linking(python), name, kind, numbers["plain"], numbers["cProfile"], numbers["pyperf"],
            value, *numbers["interval"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pyperf")
    parser.add_argument("--only-python")
    parser.add_argument("--newest", action="store_true", help="the newest interpreter only")
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    harness.choose(pyperf=options.pyperf, only_python=options.only_python)
    names = options.programs.split(",")
    for name in names:
        if name not in PROGRAMS:
            parser.error("no program %r; there are %s" % (name, ", ".join(PROGRAMS)))
    report = {"machine": machine(), "rounds": options.rounds, "runs": []}
    print("%(processor)s, %(processors)d processors, load %(load)s" % report["machine"])
    print("median seconds of %d rounds; ratio: what pyperf adds / what cProfile adds\n" % options.rounds)
    print("%-9s %-10s %-9s %8s %8s %8s   %s  %s" % ("python", "program", "time of", *WAYS, "ratio", "95 % interval"))
    too_slow = []
    pythons = harness.chosen_interpreters()[-1:] if options.newest else harness.chosen_interpreters()
    for python in pythons:
        for name in names:
            why_not = python.has(*PROGRAMS[name][2]) if PROGRAMS[name][2] else None
            if why_not:
                print("%-9s %-10s skipped: %s" % (python.version, name, why_not))
                continue
            times = measure(python, name, options.rounds)
            found = summary(times)
            show_row(python, name, found)
            report["runs"].append({"python": python.version, "base_prefix": python.base_prefix,
                                   "engine": python.engine, "linkage": python.linkage,
                                   "gains by linking": gains_by_linking(python), "program": name,
                                   "arguments": PROGRAMS[name][1], "seconds": times, **found})
            too_slow += ["%s, %s (%s)" % (python.version, name, kind) for kind in ("workload", "process")
                         if found[kind]["interval"][1] >= 1]
    report["machine"]["load at the end"] = os.getloadavg()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(report, file, indent=1)
    if too_slow:
        print("\nnot surely below 1: " + "; ".join(too_slow))
    raise SystemExit(1 if options.check and too_slow else 0)


if __name__ == "__main__":
    main()
