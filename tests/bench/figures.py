"""From the seconds of the rounds to ratios with intervals, and to the goals.

A `run` is one program under one interpreter, as it stands in the JSON file: "seconds" maps ways
to {"process": [...], "workload": [...]}, one entry for each round. The 95 % intervals are the
bootstrap's: rounds are drawn again with replacement, all ways of a round together, and the same
draws serve all ratios of a program. The generator is seeded, so that a file has one set of figures.

SPDX-License-Identifier: MIT
"""
import math
import random
import statistics

import ways
from ways import (CPROFILE, CPROFILE_PYTHON, FLOOR, FLOOR_PYTHON, NONE, PLAIN, PYPERF,
                  PYPERF_PYTHON)

KINDS = ("workload", "process")
RESAMPLES = 4000
# A divisor that adds less than this part of plain time says nothing: no ratio is formed.
LEAST_ADDED = 0.05

# name: (a, b, c, d) for (a - b) / (c - d), what a adds over what c adds
RATIOS = {
    "ratio": (PYPERF, PLAIN, CPROFILE, PLAIN),
    "ratio, no builtins": (PYPERF_PYTHON, PLAIN, CPROFILE_PYTHON, PLAIN),
    # The same binary with and without the engine: what linking gains or costs is left out.
    "engine alone": (PYPERF, NONE, CPROFILE, PLAIN),
    "engine alone, no builtins": (PYPERF_PYTHON, NONE, CPROFILE_PYTHON, PLAIN),
    "over floor": (PYPERF, NONE, FLOOR, NONE),
    "over floor, no builtins": (PYPERF_PYTHON, NONE, FLOOR_PYTHON, NONE),
}
HOST = "host"  # none / plain


def evaluate(name, medians):
    """The ratio for these medians; None where a way is missing or the divisor adds (next to)
    nothing."""
    try:
        if name == HOST:
            return medians[NONE] / medians[PLAIN]
        a, b, c, d = (medians[way] for way in RATIOS[name])
    except KeyError:
        return None
    return (a - b) / (c - d) if c - d >= LEAST_ADDED * medians[PLAIN] else None


def medians(run, kind, chosen=None):
    found = {}
    for way, seconds in run["seconds"].items():
        if way in ways.WAYS and seconds[kind]:
            values = seconds[kind]
            found[way] = statistics.median(values if chosen is None else [values[i] for i in chosen])
    return found


def draw(run, kind):
    """Medians of RESAMPLES draws of the run's rounds."""
    rounds = len(run["seconds"][PLAIN][kind])
    generator = random.Random("%s %s %s" % (run["python"], run["program"], kind))
    for _ in range(RESAMPLES):
        yield medians(run, kind, generator.choices(range(rounds), k=rounds))


def interval(values):
    """The middle 95 %; a ratio that could not be formed counts as infinite."""
    drawn = sorted(float("inf") if value is None else value for value in values)
    return [drawn[int(0.025 * len(drawn))], drawn[int(0.975 * len(drawn)) - 1]]


def summarize(run):
    """For each kind of time: "medians", "slowdown" of each way, peers included, and "ratios":
    name to [value, low, high]. Also returns the draws, which summaries of programs need."""
    found, drawn = {}, {}
    for kind in KINDS:
        middle = medians(run, kind)
        drawn[kind] = list(draw(run, kind))
        ratios = {}
        for name in (*RATIOS, HOST):
            value = evaluate(name, middle)
            if value is not None:
                ratios[name] = finite([value, *interval([evaluate(name, each)
                                                        for each in drawn[kind]])])
        every = {way: statistics.median(seconds[kind])
                 for way, seconds in run["seconds"].items() if seconds[kind]}
        found[kind] = {"medians": every, "ratios": ratios, "slowdown": {
            way: seconds / every[PLAIN] for way, seconds in every.items() if way != PLAIN}}
    return found, drawn


def geometric_mean(values):
    """Of those above 0. A hook adds something, so that others are noise, and are left out: which
    makes the mean larger, never smaller. 0 where fewer than half are left."""
    above = [value for value in values if value > 0]
    if 2 * len(above) < len(values):
        return 0.0
    return math.exp(statistics.mean(math.log(value) for value in above))


def finite(values):
    return [None if value is None or math.isinf(value) else value for value in values]


class Programs:
    """Several programs under one interpreter, with what their draws say of all together."""

    def __init__(self, runs, kind="workload"):
        self.runs, self.kind = runs, kind
        self.parts = [summarize(run) for run in runs]

    def combine(self, function, combiner, only_real=False):
        """[value, low, high] of combiner([function(medians) of each program]), and of how many
        programs; None and 0 where there is none."""
        chosen = [(found[self.kind]["medians"], drawn[self.kind])
                  for run, (found, drawn) in zip(self.runs, self.parts)
                  if not only_real or run["kind"] == "real"]
        chosen = [(middle, drawn) for middle, drawn in chosen if function(middle) is not None]
        if not chosen:
            return None, 0
        values = [function(middle) for middle, _ in chosen]
        value = combiner(values)
        used = sum(value > 0 for value in values) if combiner is geometric_mean else len(values)
        drawn = []
        for i in range(RESAMPLES):
            values = [function(draws[i]) for _, draws in chosen]
            drawn.append(None if None in values else combiner(values))
        return finite([value, *interval(drawn)]), used

    def mean(self, name, only_real=True):
        return self.combine(lambda middle: evaluate(name, middle), geometric_mean, only_real)

    def largest(self, name):
        return self.combine(lambda middle: evaluate(name, middle), max)

    def slowdown(self, way, base, only_real=True):
        def of_way(middle):
            return middle[way] / middle[base] if way in middle and base in middle else None
        return self.combine(of_way, statistics.median, only_real)


def goal(name, limit, combined):
    """`limit` None: no goal for this interpreter. A value that is not above 0 meets nothing: it
    says that the machine was too noisy. `met` None: there is no goal, or no value."""
    value, programs = combined
    met = 0 < value[0] <= limit if value and limit is not None else None
    return {"name": name, "limit": limit, "value": value, "programs": programs, "met": met}


def goals(version_info, linking_flatters, runs):
    """What was reached, against the goals. Where the interpreter is slower than our host by the
    way it is linked, the baseline is the host without an engine: "engine alone"."""
    programs = Programs(runs)
    kind = "engine alone" if linking_flatters else "ratio"
    minor = tuple(version_info[:2])
    limit = 0.40 if minor >= (3, 12) else 0.65 if minor == (3, 11) else None
    by = " (engine alone)" if linking_flatters else ""
    return [
        goal("added time against cProfile%s, geometric mean of real programs" % by, limit,
             programs.mean(kind)),
        goal("the same without builtins%s" % by, 0.20, programs.mean(kind + ", no builtins")),
        goal("slowdown without builtins%s, median of real programs" % by, 1.10,
             programs.slowdown(PYPERF_PYTHON, NONE if linking_flatters else PLAIN)),
        goal("largest ratio of a single program%s" % by, 0.85, programs.largest(kind)),
        goal("engine over floor, geometric mean of all programs", 1.15,
             programs.mean("over floor", only_real=False)),
        goal("the same without builtins", 1.15,
             programs.mean("over floor, no builtins", only_real=False)),
        goal("host alone (`--engine none`) over plain, geometric mean of all programs", None,
             programs.mean(HOST, only_real=False)),
    ]
