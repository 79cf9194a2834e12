"""The report equals what pstats prints from the file, and its times are true.

SPDX-License-Identifier: MIT
"""
import ast
import functools
import glob
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

PROGRAM = os.path.join(harness.PROGRAMS, "sorting.py")
TABLES = os.path.join(harness.SUPPORT, "pstats_tables.py")

# pyperf's options, and the tables that pstats is to print for them.
REQUESTS = [
    ([], {}),
    (["-s", "time"], {"sort": ["time"]}),
    (["-s", "calls,name"], {"sort": ["calls", "name"]}),
    (["-s", "file,line"], {"sort": ["file", "line"]}),
    (["-s", "nfl", "-r"], {"sort": ["nfl"], "reverse": True}),
    (["-r"], {"reverse": True}),
    (["-n", "7"], {"limits": ["7"]}),
    (["-n", "0.2"], {"limits": ["0.2"]}),
    (["-n", "sort"], {"limits": ["sort"]}),
    (["-n", r"^sorting\.py:\d+\((key|even)\)$"], {"limits": [r"^sorting\.py:\d+\((key|even)\)$"]}),
    (["-n", "0.5", "-n", "built-in|method", "-n", "5"], {"limits": ["0.5", "built-in|method", "5"]}),
    (["-n", "no such function"], {"limits": ["no such function"]}),
    (["-n", "0"], {"limits": ["0"]}),
    (["-n", "100000"], {"limits": ["100000"]}),
    (["--full-paths"], {"strip": False}),
    (["--full-paths", "-s", "nfl", "-n", "10"], {"strip": False, "sort": ["nfl"], "limits": ["10"]}),
    (["--callers"], {"callers": []}),
    (["--callees"], {"callees": []}),
    (["--callers=key", "-s", "stdname"], {"callers": ["key"], "sort": ["stdname"]}),
    (["--callees=<module>", "-n", "3"], {"callees": ["<module>"], "limits": ["3"]}),
    (["--callers", "--callees", "-n", "4", "-s", "time", "-r"],
     {"callers": ["4"], "callees": ["4"], "limits": ["4"], "sort": ["time"], "reverse": True}),
    (["--callers", "--full-paths", "-s", "pcalls"], {"callers": [], "strip": False, "sort": ["pcalls"]}),
]


def question(path, sort=("cumulative",), reverse=False, limits=(), strip=True, callers=None, callees=None):
    tables = [("stats", list(limits))]
    tables += [(name, which) for name, which in (("callers", callers), ("callees", callees))
               if which is not None]
    return {"path": path, "sort": list(sort), "reverse": reverse, "strip": strip, "tables": tables}


def pstats_prints(interpreter, questions):
    done = harness.run([interpreter, TABLES], input=json.dumps(questions))
    return harness.from_json(done.stdout, done)


class Tables(harness.TestCase):
    per_interpreter = True

    def reports(self, requests):
        """For each list of options: the report and the profile of one run."""
        for options in requests:
            folder = harness.fresh_directory()
            report, output = os.path.join(folder, "r.txt"), os.path.join(folder, "x.prof")
            done = harness.pyperf_run(self.python, PROGRAM,
                                      options=["-o", output, "--report", report, *options])
            self.check_same("status with %s" % options, 0, done.status)
            with open(report) as file:
                yield file.read(), output

    def compare(self, requests):
        reports = list(self.reports([options for options, _ in requests]))
        expected = pstats_prints(self.python.path, [
            question(output, **wanted) for (_, wanted), (_, output) in zip(requests, reports)])
        for (options, _), (report, _), text in zip(requests, reports, expected):
            with self.subTest(" ".join(options)):
                self.check_same("the table", text, report[:len(text)])
                self.check_added_lines(report[len(text):])

    def check_added_lines(self, text):
        """Only what pyperf adds may stand below the table."""
        self.assertIn("Wall time", text)
        self.assertNotRegex(text, r"(?m)^ *\d+(/\d+)? +\d+\.\d{3} ")

    def test_tables(self):
        self.compare(REQUESTS)

    def test_sort_keys(self):
        keys = harness.from_json(harness.run([self.python.path, TABLES, "keys"]).stdout)
        self.assertGreater(len(keys), 20)
        full_names = {"calls", "cumulative", "cumtime", "filename", "line", "module", "name", "ncalls",
                      "nfl", "pcalls", "stdname", "time", "tottime"}
        self.assertLessEqual(full_names, set(keys))
        if self.python is not harness.chosen_interpreters()[-1]:
            keys = sorted(full_names)  # the abbreviations once: none of this depends on the Python
        self.compare([(["-s", key], {"sort": [key]}) for key in keys])

    def test_default_goes_to_stdout(self):
        """Without -o the report follows the program's output; it is the same table."""
        plain = harness.run([self.python.path, PROGRAM])
        done = harness.pyperf_run(self.python, PROGRAM)
        self.check_same("status", 0, done.status)
        self.assertTrue(done.stdout.startswith(plain.stdout), done.stdout[:500])
        report = done.stdout[len(plain.stdout):]
        self.assertRegex(report, r"^ +\d+ function calls \(\d+ primitive calls\) in \d+\.\d{3} seconds\n\n"
                                 r"   Ordered by: cumulative time\n\n"
                                 r"   ncalls  tottime  percall  cumtime  percall filename:lineno\(function\)\n")

    def test_quiet_and_output(self):
        plain = harness.run([self.python.path, PROGRAM])
        done, _ = harness.profile(self.python, PROGRAM)
        self.check_same("stdout with -o", plain.stdout, done.stdout)
        self.assertRegex(done.stderr, r"^pyperf: wrote .*out\.prof \([0-9,]+ functions\); .*\n$")
        done, _ = harness.profile(self.python, PROGRAM, options=["-q"])
        self.check_same("stdout and stderr with -q", (plain.stdout, ""), (done.stdout, done.stderr))


class Times(harness.TestCase):
    per_interpreter = True
    alone = True

    def test_times_are_the_programs_own(self):
        """On a busy machine a process may lose the processor between two readings of a clock, so
        there are three attempts; a wrong clock fails them all."""
        for attempt in range(3):
            problems = self.measure()
            if not problems:
                return
        self.fail("\n".join(problems))

    def measure(self):
        script = os.path.join(harness.PROGRAMS, "measures_itself.py")
        report = os.path.join(harness.fresh_directory(), "r.txt")
        done, stats = harness.profile(self.python, script, options=["--raw-times", "--report", report])
        took = ast.literal_eval(done.stdout)
        root = stats[harness.root_label(stats)]
        sum_of_self = sum(row[2] for row in stats.values())
        self.assertAlmostEqual(sum_of_self, root[3], delta=1e-6 * took["total"])
        with open(report) as file:
            text = file.read()
        printed = float(re.search(r" in (\d+\.\d{3}) seconds", text).group(1))
        self.assertAlmostEqual(printed, sum_of_self, delta=0.00051)
        wall = float(re.search(r"Wall time (\d+\.\d+) s", text).group(1))
        own = {name: harness.only_row(stats, name, "measures_itself.py")[3]
               for name in ("work", "spin", "sleep")}
        found = [far(0.02, took["total"], root[3], "the total of the profile"),
                 far(0.02, took["total"], wall, "the wall time below the table"),
                 far(0.02, took["sleep"], harness.only_row(stats, "<built-in method time.sleep>")[3],
                     "the time of the builtin sleep")]
        found += [far(0.02, took[name], own[name], "cumulative time of " + name) for name in own]
        return [problem for problem in found if problem]


def far(share, expected, got, what):
    if abs(got - expected) <= share * expected:
        return None
    return "%s: expected %.4f s within %g %%, got %.4f s (%+.2f %%)" % (
        what, expected, 100 * share, got, 100 * (got / expected - 1))


@functools.lru_cache(maxsize=None)
def pythons_on_this_machine():
    """Every CPython 3.8 or later that PATH and pyenv have, by what it says of itself."""
    folders = os.environ.get("PATH", "").split(os.pathsep)
    folders += glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin"))
    found = {}
    for folder in folders:
        for path in glob.glob(os.path.join(folder, "python3*")):
            if not re.search(r"python3(\.\d+)?$", path) or not os.access(path, os.X_OK):
                continue
            done = harness.run([path, "-c", "import sys, pstats; print(sys.version_info >= (3, 8), sys.executable)"])
            if done.stdout.startswith("True "):
                found[os.path.realpath(done.stdout.split(" ", 1)[1].strip())] = path
    return sorted(found.values())


class Consumers(harness.TestCase):
    """What others make of the file."""
    recorder = property(lambda self: harness.chosen_interpreters()[-1])

    def recorded(self, name, *options):
        folder = harness.fresh_directory()
        output, report = os.path.join(folder, "x.prof"), os.path.join(folder, "r.txt")
        done = harness.pyperf_run(self.recorder, os.path.join(harness.PROGRAMS, name),
                                  options=["-o", output, "--report", report, *options])
        self.check_same("status", 0, done.status)
        with open(report) as file:
            return output, file.read()

    def test_every_pstats(self):
        names = ("classes.py", "one_line.py", "after_main.py")
        recorded = [self.recorded(name, "--callers", "--callees") for name in names]
        pythons = pythons_on_this_machine()
        self.assertTrue(pythons)
        for path in pythons:
            answers = pstats_prints(path, [question(output, callers=[], callees=[]) for output, _ in recorded])
            for name, (_, report), text in zip(names, recorded, answers):
                with self.subTest(path, program=name):
                    self.check_same("what pstats prints", text, report[:len(text)])

    def test_viewers(self):
        folder = harness.fresh_directory()
        pip_python = next((path for path in pythons_on_this_machine()
                           if harness.run([path, "-c", "import venv, ensurepip"]).status == 0), None)
        if not pip_python:
            self.skip("no Python here has venv and ensurepip")
        harness.run([pip_python, "-m", "venv", folder], env=os.environ)
        python = os.path.join(folder, "bin", "python")
        done = harness.run([python, "-m", "pip", "install", "-q", "snakeviz", "gprof2dot", "tuna",
                            "pyprof2calltree"], env=os.environ, timeout=180)
        if done.status != 0:
            self.skip("pip cannot install the viewers: %s" % (done.stderr.strip().splitlines() or ["?"])[-1])
        for name in ("measures_itself.py", "classes.py", "one_line.py", "threads.py"):
            output, _ = self.recorded(name)
            for viewer, code in VIEWERS.items():
                with self.subTest(viewer, program=name):
                    done = harness.run([python, "-c", code, output, name], cwd=folder)
                    self.check_same("status of %s\n%s" % (viewer, done.stderr), 0, done.status)
        shutil.rmtree(folder)


# Each finds the program's module in what the viewer made of the file.
VIEWERS = {
    "snakeviz": """
import pstats, sys
from snakeviz.stats import json_stats, table_rows
stats = pstats.Stats(sys.argv[1])
assert sys.argv[2] in str(json_stats(stats))
assert len(table_rows(stats)) == len(stats.stats)
""",
    "tuna": """
import sys
from tuna.main import read, render
data = read(sys.argv[1])
assert sys.argv[2] in render(data, sys.argv[1]), data
assert "::<program " in str(data), str(data)[:2000]
""",
    "gprof2dot": """
import subprocess, sys
made = subprocess.run([sys.executable, "-m", "gprof2dot", "-f", "pstats", "-n", "0", "-e", "0", sys.argv[1]],
                      stdout=subprocess.PIPE, check=True).stdout.decode()
assert sys.argv[2][:-3] in made and "->" in made, made
""",
    "pyprof2calltree": """
import subprocess, sys
subprocess.run([sys.executable, "-m", "pyprof2calltree", "-i", sys.argv[1], "-o", "x.callgrind"], check=True)
made = open("x.callgrind").read()
assert "fl=" in made and sys.argv[2] in made, made
""",
}


if __name__ == "__main__":
    harness.main()
