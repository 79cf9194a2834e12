"""What pyperf adds to the time of programs, compared with what cProfile adds, and with others.

usage: bench.py [--pyperf PATH] [--only-python REGEX] [--newest] [--programs NAME,…]
                [--rounds N] [--peers | --no-peers] [--peer-rounds N] [--no-install]
                [--quick] [--cache DIRECTORY] [--json FILE] [--check]

Each round runs a program in every way of ways.py, in random order, with the same interpreter:
without a profiler, under cProfile and pyperf, both also without builtins, and under pyperf with
the engine that does nothing (the floor) and with none. Two times are taken: that of the workload,
which the program measures itself (so that no profiler's report is in it), and that of the whole
process, as a user waits for it. From the rounds' medians come the slowdown of each way and the
ratios of added times that figures.py lists, with 95 % intervals. Below 1, pyperf costs less.
On a machine that does other things, more rounds narrow the interval.

Programs and other profilers are installed by pip into a virtual environment for each
interpreter, kept in the cache directory; what cannot be installed is skipped. --no-install uses
what the interpreter has. Other profilers run in a full benchmark (all programs) unless --no-peers
is given, in fewer rounds.

`orders` has CPU-bound threads. Up to Python 3.11 `python -m cProfile` does not see them; so that
both record the same calls, cProfile is enabled in each thread there (cprofile_script.py). An
interpreter that is itself linked to a shared libpython (as pyenv's often are) is slower than a
recorder with the same library linked statically: there the ratio flatters pyperf, the version is
marked "+", and the goals look at "engine alone", which takes the same binary without a hook as
pyperf's baseline.

A missed goal is shown as missed; --check ends with status 1 then. Status 1 also when a program
fails under pyperf or cProfile, or computes something else than without.

SPDX-License-Identifier: MIT
"""
import argparse
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

import figures  # noqa: E402
import machine  # noqa: E402
import packages  # noqa: E402
import peers  # noqa: E402
import terminal  # noqa: E402
import ways  # noqa: E402
import workloads  # noqa: E402


def note(text):
    print(text, flush=True)


class Bench:
    """The measurements of one interpreter."""

    def __init__(self, interpreter, options):
        self.interpreter, self.options = interpreter, options
        self.environment = None
        if not options.no_install:
            self.environment = packages.Environment(interpreter, options.cache)
        self.setting = ways.Setting(interpreter, self.environment and self.environment.python)
        self.description = machine.describe_python(interpreter)
        self.description["skipped"] = {}
        self.failures = []
        self.ways = list(ways.WAYS)
        missing = ways.unknown_engine(self.setting)
        if missing:
            self.ways = [way for way in self.ways if way not in (ways.FLOOR, ways.FLOOR_PYTHON)]
            self.skip(ways.FLOOR, missing)
        self.peers = self._available_peers() if options.peers else []

    def skip(self, name, why):
        self.description["skipped"][name] = why
        note("%-9s %-13s skipped: %s" % (self.interpreter.version, name, why))

    def fail(self, program, way, why):
        self.failures.append("%s, %s, %s: %s" % (self.interpreter.version, program.name, way, why))
        note("%-9s %-13s FAILED: %s: %s" % (self.interpreter.version, program.name, way, why))

    def _available_peers(self):
        available = []
        for peer in peers.PEERS.values():
            why = None
            if peer.packages:
                why = ("--no-install" if not self.environment else
                       self.environment.install(peer.packages[0].partition("==")[0], peer.packages))
            if why:
                self.skip(peer.name, why)
            else:
                available.append(peer)
        return available

    def why_not(self, program):
        """Installs what the program needs. None: it can run."""
        if program.packages and self.environment:
            from_source = [name for name in workloads.FROM_SOURCE
                           if any(package.startswith(name + "==") for package in program.packages)]
            why = self.environment.install(program.name, program.packages, from_source, pure=True)
            if why:
                return why
        return self.setting.cannot_import(program.modules)

    def run(self, way, program):
        if way in ways.WAYS:
            return ways.run_once(ways.command(way, self.setting, program), self.setting)
        peers.clear_outputs(self.setting)
        return ways.run_once(peers.PEERS[way].command(self.setting, program), self.setting)

    def try_out(self, program):
        """The ways that work for this program; also warms the caches."""
        _, _, expected = self.run(ways.PLAIN, program)
        good = [ways.PLAIN]
        for way in self.ways[1:] + [peer.name for peer in self.peers]:
            try:
                _, _, result = self.run(way, program)
                if result != expected:
                    raise ways.Failure("computes %r, not %r" % (result, expected))
                good.append(way)
            except ways.Failure as failure:
                if way in ways.WAYS:
                    self.fail(program, way, failure)
                else:
                    self.skip("%s, %s" % (way, program.name), str(failure))
        return good

    def measure(self, program):
        """The seconds of every way and round; None, and a note, where the program cannot run."""
        why = self.why_not(program)
        if not why:
            try:
                good = self.try_out(program)
            except ways.Failure as failure:
                why = str(failure)
        if why:
            self.skip(program.name, why)
            return None
        rounds, peer_rounds = self.options.rounds, min(self.options.rounds, self.options.peer_rounds)
        seconds = {way: {kind: [] for kind in figures.KINDS} for way in good}
        for number in range(rounds):
            # The peers' rounds are spread over all.
            with_peers = (number + 1) * peer_rounds // rounds > number * peer_rounds // rounds
            now = [way for way in good if way in ways.WAYS or with_peers]
            for way in random.sample(now, len(now)):
                process, workload, _ = self.run(way, program)
                seconds[way]["process"].append(process)
                seconds[way]["workload"].append(workload)
        return {"python": self.interpreter.version, "base_prefix": self.interpreter.base_prefix,
                "program": program.name, "kind": program.kind, "arguments": program.arguments,
                "threaded": program.threaded, "seconds": seconds}

    def go(self, names):
        """Measures the programs, and yields each run as soon as it is there."""
        for name in names:
            try:
                run = self.measure(workloads.PROGRAMS[name])
            except ways.Failure as failure:  # it had worked once
                self.fail(workloads.PROGRAMS[name], "a round", failure)
                continue
            if run:
                run["figures"] = figures.summarize(run)[0]
                yield run


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pyperf", help="the program to measure (default: build/bin/pyperf)")
    parser.add_argument("--only-python", help='interpreters whose "VERSION in PREFIX" matches')
    parser.add_argument("--newest", action="store_true", help="the newest interpreter only")
    parser.add_argument("--programs", help="names of programs, with commas (default: all)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--peers", action="store_true", default=None)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--peer-rounds", type=int, default=3)
    parser.add_argument("--no-install", action="store_true", help="use what is installed")
    parser.add_argument("--quick", action="store_true",
                        help="smaller workloads, to try the benchmark itself")
    parser.add_argument("--cache", default=packages.cache_directory("pyperf-bench"))
    parser.add_argument("--json")
    parser.add_argument("--check", action="store_true", help="status 1 when a goal is missed")
    options = parser.parse_args()
    if options.peers is None:
        options.peers = not options.programs and not options.no_install
    options.names = options.programs.split(",") if options.programs else list(workloads.PROGRAMS)
    for name in options.names:
        if name not in workloads.PROGRAMS:
            parser.error("no program %r; there are %s" % (name, ", ".join(workloads.PROGRAMS)))
        if options.quick:
            workloads.PROGRAMS[name].shrink()
    if options.rounds < 1 or options.peer_rounds < 1:
        parser.error("at least one round")
    return options


def write(path, report):
    """Whole or not at all, and after every program: a long run may be stopped."""
    with open(path + ".new", "w") as file:
        json.dump(report, file, indent=1)
    os.replace(path + ".new", path)


def main():
    options = parse()
    harness.choose(pyperf=options.pyperf, only_python=options.only_python)
    pythons = harness.chosen_interpreters()[-1:] if options.newest else harness.chosen_interpreters()
    report = {"machine": machine.describe(), "rounds": options.rounds, "quick": options.quick,
              "pythons": [], "runs": []}
    note("%(processor)s, %(processors)d processors, load %(load)s" % report["machine"])
    note("medians of %d rounds\n" % options.rounds)
    note(terminal.head())
    failures = missed = 0
    for python in pythons:
        bench = Bench(python, options)
        report["pythons"].append(bench.description)
        runs = []
        for run in bench.go(options.names):
            runs.append(run)
            report["runs"].append(run)
            note(terminal.rows(run, bench.description))
            if options.json:
                write(options.json, report)
        bench.description["goals"] = figures.goals(
            python.version_info, bench.description["gains by linking"], runs)
        note(terminal.goals(bench.description))
        bench.description["failures"] = bench.failures
        failures += len(bench.failures)
        missed += sum(goal["met"] is False for goal in bench.description["goals"])
    report["machine"]["load at the end"] = os.getloadavg()
    if options.json:
        write(options.json, report)
    raise SystemExit(1 if failures or (options.check and missed) else 0)


if __name__ == "__main__":
    main()
