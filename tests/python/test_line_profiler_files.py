"""line_profiler opens our files, we print its files as it does.

SPDX-License-Identifier: MIT
"""
import difflib
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import packages  # noqa: E402

OLD = "4.0.2"  # Debian 12's

# Pickles the timings that it reads, as line_profiler does.
PICKLE = """
import json, pickle, sys
from line_profiler.line_profiler import LineStats
path, protocol, unit, functions = json.load(sys.stdin)
timings = {tuple(key): [tuple(line) for line in lines] for key, lines in functions}
with open(path, "wb") as file:
    pickle.dump(LineStats(timings, unit), file, protocol)
"""


class Version:
    """An environment with a line_profiler."""

    def __init__(self, python, requirement, cache):
        self.environment = packages.Environment(python, packages.cache_directory(cache))
        self.why_not = self.environment.install("line_profiler", [requirement], only_wheels=True)

    def run(self, *arguments, **more):
        return harness.run([self.environment.python, *arguments], **more)


@harness.locked
def newest(python):
    return Version(python, "line_profiler", "pyperf-tests-line_profiler")


@harness.locked
def old(python):
    return Version(python, "line_profiler==" + OLD, "pyperf-tests-line_profiler-" + OLD)


def first_with(make):
    """Some interpreter has wheels; for old ones there are old versions only."""
    reasons = []
    for python in reversed(harness.chosen_interpreters()):
        version = make(python)
        if version.why_not is None:
            return version, None
        reasons.append("%s: %s" % (python.version, version.why_not))
    return None, "; ".join(reasons)


def functions_in(path):
    """(first line, name, lines with something in them) of the functions of a file."""
    with open(path) as file:
        lines = file.read().split("\n")
    found = []
    for number, text in enumerate(lines, 1):
        words = text.replace("(", " ").split()
        if words[:1] != ["def"] and words[:2] != ["async", "def"]:
            continue
        indentation = len(text) - len(text.lstrip())
        inside = []
        for inner, line in enumerate(lines[number:], number + 1):
            if line.strip() and len(line) - len(line.lstrip()) <= indentation:
                break
            if line.strip():
                inside.append(inner)
        found.append((number, words[1] if words[0] == "def" else words[2], inside))
    return found


def random_number(source):
    return source.choice((1, 2, 10, 999, 12345, 10 ** 6, 123456789, 10 ** 12)) * source.randint(1, 9)


def random_timings(source, paths):
    functions = []
    for path in paths:
        for line, name, inside in functions_in(path):
            chosen = sorted(source.sample(inside, min(len(inside), source.randint(0, 6))))
            functions.append([[path, line, name],
                              [[number, random_number(source), random_number(source)]
                               for number in chosen]])
    source.shuffle(functions)
    return functions


def check_same_text(test, what, expected, got):
    if expected != got:
        test.fail("%s differs\n%s" % (what, "\n".join(difflib.unified_diff(
            expected.split("\n"), got.split("\n"), "line_profiler", "pyperf", lineterm="", n=1))))


class FilesOfLineProfiler(harness.TestCase):
    def setUp(self):
        self.version, why_not = first_with(newest)
        if why_not:
            self.skip("no line_profiler to compare with: " + why_not)

    def pickle(self, functions, protocol=4, unit=1e-9):
        path = os.path.join(harness.fresh_directory(), "x.lprof")
        done = self.version.run("-c", PICKLE,
                                input=json.dumps([path, protocol, unit, functions]))
        self.check_same("status", (0, ""), (done.status, done.stderr))
        return path

    def compare(self, *paths, theirs=(), ours=()):
        expected = self.version.run("-m", "line_profiler", *theirs, *paths)
        self.check_same("status of line_profiler", 0, expected.status)
        done = harness.run([harness.pyperf(), "stats", *ours, *paths])
        self.check_same("status", (0, ""), (done.status, done.stderr))
        check_same_text(self, "report with %s" % (ours,), expected.stdout, done.stdout)

    def test_same_report(self):
        source = random.Random(1)
        programs = [os.path.join(harness.PROGRAMS, name) for name in
                    ("generators.py", "decorators.py", "coroutines.py", "classes.py", "matching.py")]
        path = self.pickle(random_timings(source, programs))
        for theirs, ours in [((), ()), (("-u", "1e-3"), ("-u", "1e-3")), (("-z",), ("-z",)),
                             (("-u", "1e-9", "-z"), ("--unit=1e-9", "--skip-zero")),
                             (("-t",), ("-s", "time")), (("-u", "7",), ("-u", "7"))]:
            self.compare(path, theirs=theirs, ours=ours)

    def test_several_are_added_up(self):
        source = random.Random(3)
        programs = [os.path.join(harness.PROGRAMS, name) for name in
                    ("generators.py", "decorators.py", "coroutines.py", "classes.py")]
        self.compare(*[self.pickle(random_timings(source, source.sample(programs, 2)), protocol)
                       for protocol in (2, 4, 4, 5)])

    def test_sources_of_all_kinds(self):
        directory = harness.fresh_directory()
        source = random.Random(2)
        paths = [
            harness.write(directory, "tabs.py", "def f():\n\tif 1:\n\t\tx\n\t# c\n\treturn '''\na\n'''\n\nx = 1\n"),
            harness.write(directory, "long.py", "def f(a,\n      b):\n    return [\n1,\n  2]\ndef g(): pass\n"),
            harness.write(directory, "class.py", "class C:\n    def f(self):\n        pass\n\n\n    def g(self):\n"
                                                 "        x = lambda: (1,\n 2)\n        return x\n"),
        ]
        with open(os.path.join(directory, "latin.py"), "wb") as file:
            file.write(b"# coding: latin-1\r\ndef f():\r\n    return '\xe9'\r\n")
        paths.append(os.path.join(directory, "latin.py"))
        functions = [[[path, line, name], [[(inside or [line])[0], 3, 5]]]
                     for path in paths[:3] for line, name, inside in functions_in(path)]
        functions.append([[paths[3], 2, "f"], [[3, 1, 77]]])
        functions.append([[os.path.join(directory, "missing.py"), 5, "f"], [[6, 1, 7], [9, 2, 8]]])
        functions.append([[os.path.join(directory, "missing.py"), 50, "g"], []])
        source.shuffle(functions)
        self.compare(self.pickle(functions))

    def test_protocols_and_units(self):
        functions = [[[ORDERS, 34, "Report.add"], [[35, 300, 10 ** 13], [36, 1, 2 ** 40]]]]
        for protocol in (2, 3, 4, 5):
            self.compare(self.pickle(functions, protocol))
        self.compare(self.pickle(functions, unit=1e-6))

    def test_many_functions(self):
        """Picklers write thousands of items in pieces, and refer back to names."""
        functions = [[[ORDERS, line, "%s %d" % (name, copy)],
                      [[number, number + copy, number * line] for number in inside]]
                     for line, name, inside in functions_in(ORDERS) for copy in range(100)]
        self.compare(self.pickle(functions, 5))


ORDERS = os.path.join(harness.CHECKOUT, "examples", "orders.py")


class OurFiles(harness.TestCase):
    def written(self):
        python = harness.chosen_interpreters()[-1]
        output = os.path.join(harness.fresh_directory(), "x.lprof")
        # Of a module's own code line_profiler shows what comes before the end of a function.
        done = harness.run([harness.pyperf(), "lines", "--python", python.path, "-o", output,
                            "--only", "orders.py:[a-zA-Z]*", ORDERS, "300"])
        self.check_same("status", 0, done.status)
        return output

    def check_opens(self, make):
        version, why_not = first_with(make)
        if why_not:
            self.skip("no line_profiler to open it with: " + why_not)
        done = version.run("-m", "line_profiler", self.written())
        self.check_same("status", (0, ""), (done.status, done.stderr))
        for part in ("Timer unit: 1e-06 s\n", "price_orders at line ", "# slow: nested-loop lookup"):
            self.assertIn(part, done.stdout)

    def test_newest_opens_them(self):
        self.check_opens(newest)

    def test_debians_opens_them(self):
        self.check_opens(old)

    def test_newest_prints_what_we_print(self):
        version, why_not = first_with(newest)
        if why_not:
            self.skip("no line_profiler to compare with: " + why_not)
        output = self.written()
        expected = version.run("-m", "line_profiler", output)
        done = harness.run([harness.pyperf(), "stats", output])
        check_same_text(self, "report", expected.stdout, done.stdout)


if __name__ == "__main__":
    harness.main()
