"""The cases of the accuracy tests, and how one is measured.

Every run gives a pair: the seconds of the sections without a profiler, from a forked child, and
what the profiler says of the same work, done in turn with the child (programs/sections.py). What
is judged is the difference within each pair, and of several pairs the median: on a machine whose
speed changes from one second to the next, two medians of separate runs would compare nothing.
From all times the wait for a processor is taken off, which other processes cause.

SPDX-License-Identifier: MIT
"""
import functools
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

PROGRAMS = os.path.join(HERE, "programs")
SECONDS = 0.3  # of the sections together, without a profiler

# The ways to measure: the options of `pyperf run`, or what the program does without pyperf.
WAYS = {"pyperf": (), "no-builtins": ("--no-builtins",), "raw": ("--raw-times",),
        "cProfile": "cprofile", "check": "check"}
USUAL_WAYS = ("pyperf", "no-builtins", "raw", "cProfile")  # "check" tests the method itself


class Case:
    """A program, and the share of the time that each of its sections should take."""

    def __init__(self, name, program, shares, python_only=True):
        self.name, self.program, self.shares = name, os.path.join(PROGRAMS, program), shares
        self.python_only = python_only  # without builtins the times are right, too

    @property
    def group(self):
        return self.name.partition(" ")[0]

    def ways(self, ways):
        """Those of the ways that can be judged."""
        return [way for way in ways if self.python_only or way != "no-builtins"]


def _cases():
    for share in (5, 20, 35, 50, 65, 80, 95):
        yield Case("functions %d" % share, "functions.py", {"calls": share, "inline": 100 - share})
    for share in (20, 50, 80):
        yield Case("builtins %d" % share, "builtin_calls.py",
                   {"builtin_calls": share, "flat": 100 - share}, python_only=False)
    yield Case("recursion", "recursion.py", {"walks": 50, "flat": 50})
    yield Case("exceptions", "exceptions.py", {"catches": 50, "flat": 50})
    yield Case("generators", "generators.py", {"pipeline": 50, "flat": 50})
    yield Case("methods", "methods.py", {"objects": 50, "flat": 50})
    yield Case("threads", "threads.py", {"first": 30, "second": 70})
    # The sleeper's wait for the interpreter's lock comes on top, so its true share is larger.
    yield Case("sleeping thread", "sleeping_thread.py", {"sleeps": 30, "works": 70})
    yield Case("sleep", "sleep.py", {"sleeps": 50, "works": 50})


CASES = list(_cases())


def chosen_cases(names):
    """The cases of these names or groups."""
    chosen = [case for case in CASES if not names or case.name in names or case.group in names]
    known = {name for case in CASES for name in (case.name, case.group)}
    for name in names or ():
        if name not in known:
            raise SystemExit("no case %r; there are %s" % (
                name, ", ".join(sorted({case.name for case in CASES}))))
    return chosen


def _checked(done):
    if done.status != 0:
        raise AssertionError("failed: %s" % done)
    return harness.from_json(done.stdout, done)


@functools.lru_cache(maxsize=None)
def _rates(path, program):
    """How many rounds of each section the interpreter does in a second."""
    return _checked(harness.run([path, program, "calibrate"]))


def counts(python, case, seconds=SECONDS):
    """Rounds of each section, so that the sections take their shares."""
    rates = _rates(python.path, case.program)
    return {name: round(rates[name] * seconds * share / 100)
            for name, share in case.shares.items()}


def _sections(stats, names):
    """The inclusive seconds of the sections in a profile."""
    found = {name: row[3] for (file, _, name), row in stats.items()
             if name in names and os.path.dirname(file) == PROGRAMS}
    missing = set(names) - set(found)
    if missing:
        raise AssertionError("no rows for %s in the profile" % ", ".join(sorted(missing)))
    return found


class Pair:
    """What one run took without a profiler, and what the profiler says, in seconds by section."""

    def __init__(self, truth, measured):
        self.truth, self.measured = truth, measured

    def share(self, section, of="truth"):
        seconds = getattr(self, of)
        return 100 * seconds[section] / sum(seconds.values())

    def share_error(self, section):
        """In percentage points."""
        return self.share(section, "measured") - self.share(section)

    def total_error(self):
        """In per cent of the unprofiled total."""
        return 100 * (sum(self.measured.values()) / sum(self.truth.values()) - 1)


def measure_once(python, case, way, seconds=SECONDS):
    """One run; AssertionError where it fails."""
    arguments = [json.dumps(counts(python, case, seconds))]
    options = WAYS[way]
    if isinstance(options, str):
        found = _checked(harness.run([python.path, case.program, options, *arguments]))
        return Pair(found["truth"], found["measured"])
    done, stats = harness.profile(python, case.program, "run", *arguments, options=("-q", *options))
    found = _checked(done)
    return Pair(found["truth"], {name: seconds - found["waits"][name] for name, seconds in _sections(
        stats, case.shares).items()})


class Result:
    """The pairs of a case and a way."""

    def __init__(self, case):
        self.case, self.pairs = case, []

    def share(self, section):
        return statistics.median(pair.share(section) for pair in self.pairs)

    def share_error(self, section):
        return statistics.median(pair.share_error(section) for pair in self.pairs)

    def total_error(self):
        return statistics.median(pair.total_error() for pair in self.pairs)

    def spread(self, of):
        """Half the distance of the quartiles of `of(pair)`: how far chance moves one run."""
        values = sorted(of(pair) for pair in self.pairs)
        if len(values) < 3:
            return None
        return (values[(3 * len(values)) // 4] - values[len(values) // 4]) / 2


def measure(python, case, ways, rounds, results=None, seconds=SECONDS):
    """Adds `rounds` runs of each way, in turn, to the results by way."""
    results = results if results is not None else {}
    for _ in range(rounds):
        for way in ways:
            pair = measure_once(python, case, way, seconds)
            results.setdefault(way, Result(case)).pairs.append(pair)
    return results
