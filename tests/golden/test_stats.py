"""`pyperf stats` prints what pstats prints, byte for byte, from files that cProfile, profile, yappi
and kernprof wrote about real programs.

SPDX-License-Identifier: MIT
"""
import itertools
import json
import marshal
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402
import packages  # noqa: E402
from compare_with_pstats import LIMITS, SORTS, first_difference  # noqa: E402

ORACLE = os.path.join(HERE, "stats_oracle.py")
MAKER = os.path.join(HERE, "make_profile.py")
AS_VERSIONS = """
import marshal, sys
with open(sys.argv[1], "rb") as file:
    stats = marshal.load(file)
for version in range(2, marshal.version + 1):
    with open("%d.prof" % version, "wb") as file:
        marshal.dump(stats, file, version)
"""
PLAIN = {"sort": ["cumulative"], "strip": False, "reverse": False, "limits": [], "callers": None,
         "callees": None}


def requests():
    """What is asked for; `paths` is filled in later."""
    flags = itertools.cycle([(False, False), (True, False), (False, True), (True, True)])
    for sort in SORTS:
        for _ in range(2):
            strip, reverse = next(flags)
            yield dict(PLAIN, sort=sort, strip=strip, reverse=reverse)
    for limits in LIMITS:
        strip, _ = next(flags)
        yield dict(PLAIN, limits=limits, strip=strip, sort=["time"], callers="", callees="")
    for name in ("callers", "callees"):
        for pattern in ("", "join", r"\.py:\d+\(_", "nothing of this name"):
            for sort in ([], ["nfl"], ["calls", "stdname"]):
                strip, reverse = next(flags)
                yield dict(PLAIN, sort=sort, strip=strip, reverse=reverse, **{name: pattern})


def options(request):
    words = ["-s", ",".join(request["sort"]) or "none"]
    words += ["--strip-dirs"] if request["strip"] else []
    words += ["--reverse"] if request["reverse"] else []
    words += ["--limit=" + limit for limit in request["limits"]]
    for name in ("callers", "callees"):
        if request[name] is not None:
            words.append("--%s=%s" % (name, request[name]) if request[name] else "--" + name)
    return words


def make(python, profiler, work, directory, path=None):
    """A new file in the directory; `python` is the interpreter's path."""
    output = os.path.join(directory, "%s-%s.prof" % (profiler, work))
    done = harness.run([python, MAKER, profiler, output, work], cwd=directory,
                       env=harness.environment(PYTHONPATH=path))
    if done.status != 0:
        raise AssertionError("%s" % done)
    return output


class Stats(harness.TestCase):
    # All requests, a few for each file that is compared with anything.
    turns = itertools.cycle(list(requests()))

    def compare(self, python, wanted, directory):
        """Asks both for each of the wanted reports."""
        done = harness.run([python, "-E", ORACLE], input=json.dumps(wanted), cwd=directory)
        if done.status != 0:
            raise AssertionError("%s" % done)
        for request, answer in zip(wanted, json.loads(done.stdout)):
            ours = harness.run([harness.pyperf(), "stats", *options(request), *request["paths"]],
                               cwd=directory, text=False)
            if answer is None:
                self.check_same("status of %s" % request, 125, ours.status)
                continue
            theirs = bytes.fromhex(answer)
            if ours.stdout != theirs:
                self.fail("%s: %s\n%s" % (json.dumps(request), first_difference(
                    ours.stdout, theirs), ours.stderr.decode()))

    def compare_turns(self, python, paths, directory, count):
        """The next requests of all; both see the files by their names in the directory."""
        names = [os.path.basename(path) for path in paths]
        wanted = [dict(PLAIN, paths=names, callers="", callees="")]
        wanted += [dict(next(self.turns), paths=names) for _ in range(count)]
        self.compare(python, wanted, directory)


class Interpreters(Stats):
    per_interpreter = True

    def test_cprofile(self):
        directory = harness.fresh_directory()
        made = [make(self.python.path, "cProfile", "stdlib", directory)]
        for name in ("pygments", "docutils", "pip"):
            why_not = self.python.has(name)
            with self.subTest(name):
                if why_not:
                    self.skipTest(why_not)
                made.append(make(self.python.path, "cProfile", name, directory,
                                 harness.real_packages()))
        for path in made:
            self.compare_turns(self.python.path, [path], directory, 4)
        if len(made) > 2:
            self.compare_turns(self.python.path, made, directory, 2)
        self.compare_turns(self.python.path, made[:1] * 3, directory, 3)

    def test_profile(self):
        directory = harness.fresh_directory()
        made = make(self.python.path, "profile", "stdlib", directory)
        self.compare_turns(self.python.path, [made], directory, 12)
        self.compare_turns(self.python.path, [made, made], directory, 3)

    def test_negative_lines(self):
        """Code that a program made can begin anywhere."""
        directory = harness.fresh_directory()
        stats = {("made", line, "f"): (2, 3, 0.5, 1.5, {("made", -line, "g"): (1, 1, 0.5, 1.5)})
                 for line in (1 - 2 ** 31, -5, -1, 0, 5, 2 ** 31 - 1)}
        with open(os.path.join(directory, "x.prof"), "wb") as file:
            marshal.dump(stats, file)
        self.compare_turns(self.python.path, ["x.prof"], directory, 12)

    def test_names_that_cannot_be_decoded(self):
        """Bytes that are no UTF-8 are lone surrogates, and characters to regular expressions."""
        directory = harness.fresh_directory()
        stats = {("data%s/x.py" % middle, line, "f%d" % line): (1, 1, 0.5, line, {})
                 for line, middle in enumerate(("", "\udce9", "\udce9\udcff", "e", "\ud800-"), 1)}
        with open(os.path.join(directory, "x.prof"), "wb") as file:
            marshal.dump(stats, file)
        self.compare(self.python.path, [
            dict(PLAIN, paths=["x.prof"], limits=[limit])
            for limit in ("x.py", "data.x", "data.*x", r"data\W/", r"data\w/", "data[^e]/", "data../",
                          "f2.$", r"\S{6}x")], directory)

    def test_marshal_versions(self):
        """All versions that this interpreter can write, from one that has no references."""
        directory = harness.fresh_directory()
        made = make(self.python.path, "cProfile", "stdlib", directory)
        harness.run([self.python.path, "-c", AS_VERSIONS, made], cwd=directory)
        versions = sorted(set(os.listdir(directory)) - {os.path.basename(made)})
        self.assertGreaterEqual(len(versions), 3)
        for name in versions:
            self.compare_turns(self.python.path, [name], directory, 2)


def newest():
    return max(harness.chosen_interpreters(), key=lambda python: python.version_info)


class Packages(Stats):
    """Programs and profilers that pip installs, under the newest interpreter."""

    def environment(self, *names):
        environment = packages.environment_of(newest())
        why_not = environment.install(" ".join(names), names, only_wheels=True)
        if why_not:
            self.skip("%s: %s" % (", ".join(names), why_not))
        return environment.python

    def test_django(self):
        python = self.environment("django")
        directory = harness.fresh_directory()
        made = make(python, "cProfile", "django", directory)
        with open(made, "rb") as file:
            self.assertGreater(len(marshal.load(file)), 2000, "not so large a program")
        self.compare_turns(python, [made], directory, 6)
        self.compare_turns(python, [made, make(python, "cProfile", "stdlib", directory)],
                           directory, 2)

    def test_yappi(self):
        python = self.environment("yappi")
        directory = harness.fresh_directory()
        self.compare_turns(python, [make(python, "yappi", "stdlib", directory)], directory, 12)

    def test_kernprof(self):
        python = self.environment("line_profiler")
        directory = harness.fresh_directory()
        harness.write(directory, "script.py", "import json\nprint(json.dumps([1, {}]))\n")
        done = harness.run([python, "-m", "kernprof", "-o", "kernprof.prof", "script.py"],
                           cwd=directory)
        if not os.path.exists(os.path.join(directory, "kernprof.prof")):
            raise AssertionError("%s" % done)
        self.compare_turns(python, ["kernprof.prof"], directory, 8)


class Mixtures(Stats):
    def test_profile_and_cprofile(self):
        """They add up as long as no function has the same caller in both."""
        python = newest().path
        directory = harness.fresh_directory()
        timed, untimed = (make(python, name, "stdlib", directory) for name in ("cProfile", "profile"))
        self.compare_turns(python, [timed, untimed], directory, 2)

        def write(name, stats):
            with open(os.path.join(directory, name), "wb") as file:
                marshal.dump(stats, file, 2)

        f, g, h = (("dir/a.py", line, "f") for line in (1, 2, 3))
        write("timed.prof", {f: (1, 1, 0.5, 1.0, {}), g: (2, 3, 0.25, 0.5, {f: (3, 2, 0.25, 0.5)})})
        write("untimed.prof", {f: (1, 1, 0.5, 2.0, {h: 1}), h: (1, 1, 0.5, 1.0, {})})
        write("strange.prof", {f: (0, 0, -0.0, -0.0004, {h: (1, 1, 2, -0.0)}),
                               ("~", 0, "<len>"): [0, 5, 1, 2, {}]})
        for paths in (["timed.prof", "untimed.prof"], ["untimed.prof", "timed.prof"],
                      ["strange.prof"], ["strange.prof", "timed.prof"],
                      ["timed.prof", "strange.prof", "untimed.prof"],
                      ["timed.prof", "strange.prof", "strange.prof"]):
            wanted = [dict(PLAIN, paths=paths, strip=strip, sort=sort, callers="", callees="")
                      for strip in (False, True) for sort in ([], ["cumulative"], ["calls", "nfl"])]
            self.compare(python, wanted, directory)


if __name__ == "__main__":
    harness.main()
