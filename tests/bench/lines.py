"""What recording lines adds to the time of programs, and how true its times are, beside
line_profiler.

usage: lines.py [--pyperf PATH] [--only-python REGEX] [--newest] [--rounds N] [--cache DIRECTORY]

Each round runs a program of programs/lines/ in every way, in random order: without a profiler,
under the newest line_profiler that the interpreter can have, and under `pyperf lines`. Functions
are chosen by decorators in the source, so both record the same ones. Added time is the median's;
with the 95 % interval of the ratio, drawn as in figures.py. What spins.py says of its own lines is
compared with what both say. Prints Markdown.

SPDX-License-Identifier: MIT
"""
import argparse
import json
import os
import random
import re
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

import packages  # noqa: E402
import tables  # noqa: E402
import ways  # noqa: E402

FOLDER = os.path.join(HERE, "programs", "lines")
PLAIN, PEER, PYPERF = "plain", "line_profiler", "pyperf lines"
# name: file, the most that pyperf may add in parts of what line_profiler adds
PROGRAMS = {"tight loop": ("loop.py", 0.25), "pystone-like": ("records.py", 0.35),
            "pygments' lexer": ("lexer.py", 0.35), "raytrace-like": ("raytrace.py", 0.35),
            "not chosen": ("unchosen.py", None)}
PACKAGES = ["line_profiler", "pygments"]
SPIN_ROUNDS = 5


class Bench:
    def __init__(self, interpreter, cache):
        self.environment = packages.Environment(interpreter, cache)
        self.why_not = (self.environment.install("line_profiler", PACKAGES, only_wheels=True)
                        if self.environment.python else self.environment.why_not)
        if not self.why_not:
            self.setting = ways.Setting(interpreter, self.environment.python)

    def command(self, way, file):
        path = os.path.join(FOLDER, file)
        output = os.path.join(self.setting.directory, "out.lprof")
        if way == PLAIN:
            return [self.setting.path, path]
        if way == PEER:
            return [self.setting.path, "-m", "kernprof", "-l", "-o", output, path]
        return [harness.pyperf(), "lines", "--python", self.setting.path, "-q", "-o", output, path]

    def rounds(self, file, count):
        """Seconds of the workload by way."""
        seconds = {PLAIN: [], PEER: [], PYPERF: []}
        for _ in range(count):
            for way in random.sample(list(seconds), len(seconds)):
                seconds[way].append(ways.run_once(self.command(way, file), self.setting)[1])
        return seconds

    def spins(self, way):
        """The truth and what the profile says, microseconds by line, of one run."""
        done = self.setting.run(self.command(way, "spins.py"))
        truth = json.loads(re.search(r"^truth (.*)$", done.stdout, re.M).group(1))
        lines = self.setting.run([self.setting.path, "-c", """if True:
            import json, line_profiler
            stats = line_profiler.load_stats("out.lprof")
            for (_, _, name), lines in stats.timings.items():
                if name.endswith("watched"):
                    print(json.dumps({n: time * stats.unit * 1e6 / hits for n, hits, time in lines}))
            """])
        return truth, json.loads(lines.stdout)


def ratio_of(seconds, chosen):
    plain, peer, ours = (statistics.median(seconds[way][i] for i in chosen)
                         for way in (PLAIN, PEER, PYPERF))
    return (ours - plain) / (peer - plain) if peer > plain else float("inf")


def slowdown_of(seconds, way, chosen):
    return (statistics.median(seconds[way][i] for i in chosen)
            / statistics.median(seconds[PLAIN][i] for i in chosen))


def with_interval(function, seconds):
    """A figure of the medians, and the middle 95 % of what other draws of the rounds give."""
    rounds = range(len(seconds[PLAIN]))
    generator = random.Random(1)
    drawn = sorted(function(generator.choices(rounds, k=len(rounds))) for _ in range(2000))
    return "%.2f (%.2f–%.2f)" % (function(rounds), drawn[50], drawn[-51])


def cost_row(bench, name, count):
    file, goal = PROGRAMS[name]
    seconds = bench.rounds(file, count)
    ratio = "–"
    if goal:
        ratio = with_interval(lambda chosen: ratio_of(seconds, chosen), seconds)
    return [name, "%.3f s" % statistics.median(seconds[PLAIN]),
            *(with_interval(lambda chosen, way=way: slowdown_of(seconds, way, chosen), seconds)
              for way in (PEER, PYPERF)), ratio, "%.2f" % goal if goal else "–"]


def shares(figures):
    total = sum(figures.values())
    return {line: 100 * value / total for line, value in figures.items()}


def truth_rows(bench):
    """What each line takes, and by how many points of the whole the profilers' shares are off."""
    found = {way: [bench.spins(way) for _ in range(SPIN_ROUNDS)] for way in (PEER, PYPERF)}
    for line in sorted(found[PYPERF][0][0], key=int):
        row = ["%.1f µs" % statistics.median(
            truth[line] for runs in found.values() for truth, _ in runs)]
        for way in (PEER, PYPERF):
            errors = [shares(said)[line] - shares(truth)[line] for truth, said in found[way]]
            values = [said[line] / truth[line] for truth, said in found[way]]
            row += ["%+.1f" % statistics.median(errors), "%.2f" % statistics.median(values)]
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pyperf", help="the program to measure (default: build/bin/pyperf)")
    parser.add_argument("--only-python", help='interpreters whose "VERSION in PREFIX" matches')
    parser.add_argument("--newest", action="store_true", help="the newest interpreter only")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cache", default=packages.cache_directory("pyperf-bench-lines"))
    options = parser.parse_args()
    harness.choose(pyperf=options.pyperf, only_python=options.only_python)
    pythons = harness.chosen_interpreters()
    for python in pythons[-1:] if options.newest else pythons:
        bench = Bench(python, options.cache)
        print("### Python %s\n" % python.version, flush=True)
        if bench.why_not:
            print("skipped: %s\n" % bench.why_not)
            continue
        head = ["program", "plain", "line_profiler", "pyperf", "added ÷ line_profiler's", "goal"]
        print(tables.table(head, [cost_row(bench, name, options.rounds) for name in PROGRAMS]), flush=True)
        head = ["a line of", "line_profiler: share off by, points", "its time ÷ true",
                "pyperf: share off by, points", "its time ÷ true"]
        print(tables.table(head, truth_rows(bench), 0), flush=True)


if __name__ == "__main__":
    main()
