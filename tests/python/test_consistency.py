"""The numbers of a profile fit together: with and without the cost of recording, folded or not,
for programs of tests/programs and for random programs whose calls are known.

SPDX-License-Identifier: MIT
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import random_program  # noqa: E402
from test_parity import OF_THEIR_OWN, programs, requires  # noqa: E402

RAW, FOLDED = ("--raw-times",), ("--max-nodes", "100")
VARIANTS = {"compensated": (), "raw": RAW, "folded": FOLDED, "folded, raw": FOLDED + RAW}
FOLDED_ROW = ("~", 0, "<folded contexts>")
SEEDS = range(50)
FEW_SEEDS = SEEDS[::5]  # under the interpreters between the oldest and the newest

# They end by a signal, or print the surroundings; how often they call differs from run to run.
NOT_HERE = {"dies.py", "describe.py"}
# They have threads, or wait: how often they call is a matter of chance.
COUNTS_DIFFER = NOT_HERE | OF_THEIR_OWN - {"method_of_builtin.py"}
# Its methods of builtins are named by what each engine is told (test_parity.py, test_method_of_builtin).
ENGINES_DIFFER = {"method_of_builtin.py"}


class Run:
    """A profile, and what the report says of it."""

    def __init__(self, python, script, options):
        report = os.path.join(harness.fresh_directory(), "report.txt")
        self.done, self.stats = harness.profile(
            python, script, options=("--report", report, *options),
            env=harness.environment(PYTHONUNBUFFERED="1"))
        with open(report) as file:
            text = file.read()
        found = re.search(r"^ *(\d+) function calls(?: \((\d+) primitive calls\))? in (\d+\.\d+) seconds$",
                          text, re.M)
        if not found:
            raise AssertionError("no line with the number of calls in the report:\n%s" % text[:500])
        self.calls, self.total = int(found.group(1)), float(found.group(3))
        self.primitive = int(found.group(2) or self.calls)
        threads = re.search(r"; (\d+) threads?\.$", text, re.M)
        if not threads:
            raise AssertionError("no line with the number of threads in the report:\n%s" % text[-500:])
        self.threads = int(threads.group(1))

    def counts(self):
        return {label: row[:2] for label, row in self.stats.items()}


def faults(run):
    """Lines that say what does not fit in a profile."""
    # Each number is the nearest float; sums of many may differ in the last digits.
    tolerance = 1e-9 + 1e-9 * run.total
    for label, (primitive, calls, own, inclusive, callers) in run.stats.items():
        name = "%s:%d(%s)" % label
        if own < 0 or inclusive < 0:
            yield "%s: negative: %r own, %r inclusive" % (name, own, inclusive)
        if own > inclusive + tolerance:
            yield "%s: its own time, %r, is more than the inclusive, %r" % (name, own, inclusive)
        if not 0 <= primitive <= calls:
            yield "%s: %d primitive calls of %d" % (name, primitive, calls)
        for caller, edge in callers.items():
            if edge[0] > calls or edge[2] > own + tolerance or edge[3] > inclusive + tolerance:
                yield "%s: from %s %r, but altogether %r" % (name, caller[2], edge, (primitive, calls, own, inclusive))
            if min(edge) < 0:
                yield "%s: negative from %s: %r" % (name, caller[2], edge)
        from_callers = sum(edge[0] for edge in callers.values())  # in edges, all calls come first
        if callers and from_callers != calls:
            yield "%s: its callers make %d calls of %d" % (name, from_callers, calls)
    own = sum(row[2] for row in run.stats.values())
    if abs(own - run.total) > 0.0005 + tolerance:
        yield "the own times add up to %r, the report says %r" % (own, run.total)
    for what, reported, column in (("calls", run.calls, 1), ("primitive calls", run.primitive, 0)):
        summed = sum(row[column] for row in run.stats.values())
        if summed != reported:
            yield "the %s add up to %d, the report says %d" % (what, summed, reported)
    if run.threads > 1:
        return  # while one waits for another, the time of both counts
    root = run.stats[harness.root_label(run.stats)][3]
    for label, row in run.stats.items():
        if row[3] > root + tolerance:
            yield "%s: inclusive %r, the whole program %r" % (label[2], row[3], root)
    if own > run.done.seconds * 1.01:
        yield "%r s in all, but the process took %r s" % (own, run.done.seconds)


def calls_alone(counts):
    """Of (primitive calls, calls): which calls of a recursion are primitive depends on the path,
    and folding forgets paths. The row that calls what was folded is pyperf's own."""
    return {label: row[1] for label, row in counts.items() if label != FOLDED_ROW}


def differences(expected, got):
    """Lines for labels whose counts differ."""
    return ["%s:%d(%s): %s, not %s" % (*label, got.get(label), expected.get(label))
            for label in sorted(set(expected) | set(got)) if expected.get(label) != got.get(label)]


class Consistency(harness.TestCase):
    per_interpreter = True

    def judge(self, what, lines):
        lines = list(lines)
        if lines:
            self.fail("%s, %d faults:\n  %s" % (what, len(lines), "\n  ".join(lines[:20])))

    def check_variants(self, script, same_counts=True, known=None):
        """Runs with all options; the counts of all are the first one's."""
        first = None
        for name, options in VARIANTS.items():
            run = Run(self.python, script, options)
            self.judge(name, faults(run))
            first = first or run
            if same_counts:
                counts = first.counts(), run.counts()
                if FOLDED_ROW in counts[1]:
                    counts = map(calls_alone, counts)
                self.judge("counts, " + name, differences(*counts))
            if known:
                self.check_known(name, known, run)

    def check_known(self, what, known, run):
        got = {}
        for label, row in run.stats.items():
            if label[2] in known:
                got[label[2]] = got.get(label[2], 0) + row[1]
        self.check_same("calls, " + what, known, got)

    def seeds(self):
        """All under the newest interpreter and each of 3.11, which has engines of its own."""
        pythons = harness.chosen_interpreters()
        every = self.python.tag == pythons[-1].tag or self.python.version_info[:2] == (3, 11)
        return SEEDS if every else FEW_SEEDS

    def random_programs(self):
        """(seed, Program, its path)"""
        directory = harness.fresh_directory()
        for seed in self.seeds():
            program = random_program.Program(seed)
            yield seed, program, harness.write(directory, "random_%d.py" % seed, program.text)

    def scripts(self, without):
        for name in programs():
            script = os.path.join(harness.PROGRAMS, name)
            if name not in without and self.python.version_info >= requires(script):
                # All runs shall find the same compiled files of the modules that are imported.
                harness.run([self.python.path, script])
                yield name, script

    def test_programs(self):
        for name, script in self.scripts(without=NOT_HERE):
            with self.subTest(program=name):
                self.check_variants(script, same_counts=name not in COUNTS_DIFFER)

    def test_random_programs(self):
        for seed, program, script in self.random_programs():
            with self.subTest(seed=seed):
                self.check_variants(script, known=program.calls)

    def engines(self):
        """Two engines that see the same, as lists of options."""
        if self.python.version_info >= (3, 12):
            return ["--engine", "setprofile"], ["--engine", "monitoring"]
        if self.python.version_info < (3, 11):
            self.skip("one engine only")
        return ["--engine", "setprofile", "--no-builtins"], ["--engine", "frames", "--no-builtins"]

    def comparable(self, counts):
        """Early releases of 3.11 keep __getitem__ from the frames engine: test_tree.py says how."""
        if self.python.version_info[:2] != (3, 11):
            return counts
        return {label: count for label, count in counts.items() if label[2] != "__getitem__"}

    def check_engines(self, script, engines):
        first, second = (Run(self.python, script, options) for options in engines)
        for options, run in zip(engines, (first, second)):
            self.judge(" ".join(options), faults(run))
        self.judge("counts, %s" % " ".join(engines[1]), differences(
            self.comparable(first.counts()), self.comparable(second.counts())))

    def test_engines_with_programs(self):
        engines = self.engines()
        for name, script in self.scripts(without=COUNTS_DIFFER | ENGINES_DIFFER):
            with self.subTest(program=name):
                self.check_engines(script, engines)

    def test_engines_with_random_programs(self):
        engines = self.engines()
        for seed, _, script in self.random_programs():
            with self.subTest(seed=seed):
                self.check_engines(script, engines)


if __name__ == "__main__":
    harness.main()
