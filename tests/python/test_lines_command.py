"""`pyperf lines` as its users meet it: decorated programs, patterns, reports, files.

SPDX-License-Identifier: MIT
"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

DECORATED = os.path.join(harness.PROGRAMS, "decorated.py")
ORDERS = os.path.join(harness.CHECKOUT, "examples", "orders.py")

# What a program can begin with so that it runs without a profiler, too; see docs/commands/lines.md.
GUARD = """
import builtins
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function
"""

NAMES_OF_DECORATED = {
    "function", "method", "of_class", "of_class_inside", "static", "size", "first", "second",
    "generator", "coroutine", "added"}


def pyperf_lines(python, *operands, options=(), **more):
    return harness.run([harness.pyperf(), "lines", "--python", python.path, *options, *operands],
                       **more)


class Function:
    """A function's table in a report: name, first line, and rows by line number."""

    def __init__(self, file, name, line):
        self.file, self.name, self.line, self.rows, self.texts = file, name, line, {}, {}


def functions_of(report):
    """Every table of a report, but for those of calls. Rows are (hits, time in µs)."""
    found, file, of_lines = [], None, False
    for text in report.split("\n"):
        if text.startswith("File: "):
            file = text[len("File: "):]
        elif text.startswith("Function: "):
            name, line = re.match(r"Function: (.*) at line (\d+)$", text).groups()
            found.append(Function(file, name, int(line)))
        elif text.startswith("Line # "):
            of_lines = text.endswith("Line Contents")
        elif of_lines and re.match(r"[ \d]{5}\d( |$)", text):
            number = int(text[:6])
            rest = text[6:47].split()
            found[-1].texts[number] = text[49:]
            if len(rest) == 4:
                found[-1].rows[number] = (int(rest[0]), float(rest[1]))
    return found


def last_names(functions):
    return {function.name.rpartition(".")[2] for function in functions}


# Does the recorder want events of them, after a decorator has chosen? Once asked, it goes to
# another tool id, and what it left behind has no callbacks; so this is done at the end.
WATCHED = """
import sys
def plain(): pass
def chosen(): pass
def events(function):  # the recorder's tool does not say that it is there
    found = []
    for tool in range(6):
        try:
            found.append(sys.monitoring.get_local_events(tool, function.__code__))
        except ValueError:
            pass  # not in use
    return any(found)
plain()
chosen = profile(chosen)
plain(), chosen()
print(events(plain), events(chosen))
"""


class Decorated(harness.TestCase):
    per_interpreter = True

    def expected(self):
        """What the program prints where `profile` does nothing."""
        code = ("import builtins, runpy\n"
                "class Profile:\n"
                "    def __call__(self, function): return function\n"
                "    def __enter__(self): pass\n"
                "    def __exit__(self, *_): pass\n"
                "    def runcall(self, function, *arguments): return function(*arguments)\n"
                "    def __getattr__(self, name): return lambda *_: None\n"
                "builtins.profile = Profile()\n"
                "runpy.run_path(%r, run_name='__main__')\n" % DECORATED)
        done = harness.run([self.python.path, "-c", code])
        self.check_same("status without a profiler", 0, done.status)
        return done.stdout

    def test_they_choose(self):
        report = os.path.join(harness.fresh_directory(), "report")
        done = pyperf_lines(self.python, DECORATED, options=["--report", report])
        self.check_same("output", (0, self.expected(), ""), (done.status, done.stdout, done.stderr))
        with open(report) as file:
            functions = functions_of(file.read())
        self.check_same("functions", NAMES_OF_DECORATED, last_names(functions))
        by_name = {function.name.rpartition(".")[2]: function for function in functions}
        loop = by_name["function"]
        self.check_same("hits of the loop", [2, 9, 7, 2],
                        [loop.rows[loop.line + shift][0] for shift in (2, 3, 4, 5)])

    def test_others_cost_nothing(self):
        """From then on; what is not decorated may be what takes the program's time."""
        if self.python.version_info < (3, 12):
            self.skip("sys.monitoring, which can be asked, came with 3.12")
        program = harness.write(harness.fresh_directory(), "program.py", WATCHED)
        done = pyperf_lines(self.python, program)
        self.check_same("watched", "False True", done.stdout.splitlines()[0])

    def test_patterns_come_first(self):
        done = pyperf_lines(self.python, DECORATED, options=["--only", "decorated.py:undecorated"])
        self.check_same("functions", {"undecorated"}, last_names(functions_of(done.stdout)))

    def test_run_is_unchanged(self):
        done = harness.pyperf_run(self.python, DECORATED, options=["-q"])
        self.check_same("output", (0, self.expected(), ""), (done.status, done.stdout, done.stderr))

    def test_line_profiler_is_stood_in_for(self):
        program = harness.write(harness.fresh_directory(), "program.py",
                                "from line_profiler import profile\n"
                                "import line_profiler.explicit_profiler\n"
                                "@profile\n"
                                "def f():\n"
                                "    return 1\n"
                                "def g():\n"
                                "    return f()\n"
                                "profile.show_config['sort'] = True\n"
                                "print(g(), profile.enabled,\n"
                                "      line_profiler.explicit_profiler.profile is profile)\n")
        for variables in ({}, {"LINE_PROFILE": "1"}):
            done = pyperf_lines(self.python, program, env=harness.environment(**variables))
            self.assertTrue(done.stdout.startswith("1 True True\n"), str(done))
            self.check_same("functions", {"f"}, last_names(functions_of(done.stdout)))
            done = harness.pyperf_run(self.python, program, options=["-q"],
                                      env=harness.environment(**variables))
            self.check_same("run", (0, "1 True True\n", ""), (done.status, done.stdout, done.stderr))

    def test_an_installed_line_profiler_stays_itself(self):
        directory = harness.fresh_directory()
        harness.write(directory, "line_profiler.py", "profile = len\n")
        program = harness.write(directory, "program.py",
                                "from line_profiler import profile\nprint(profile([1, 2]))\n")
        done = pyperf_lines(self.python, program, options=["-q"])
        self.check_same("output", (0, "2\n"), (done.status, done.stdout))

    def test_a_profile_of_the_programs_own_stays(self):
        done = harness.pyperf_run(self.python, "-c", "def profile(f): return 7\n"
                                  "@profile\ndef f(): pass\nprint(f)", options=["-q"])
        self.check_same("output", (0, "7\n"), (done.status, done.stdout))

    def test_the_guard(self):
        program = harness.write(harness.fresh_directory(), "program.py",
                                GUARD + "@profile\ndef f():\n    return 1\nprint(f())\n")
        plain = harness.run([self.python.path, program])
        self.check_same("without pyperf", (0, "1\n"), (plain.status, plain.stdout))
        done = pyperf_lines(self.python, program)
        self.check_same("functions", {"f"}, last_names(functions_of(done.stdout)))

    def test_run_decorated(self):
        program = harness.write(harness.fresh_directory(), "program.py",
                                "def helper(n):\n    return sum(range(n))\n"
                                "@profile\ndef outer():\n    return helper(10) + inner()\n"
                                "@profile\ndef inner():\n    return helper(5)\n"
                                "def outside():\n    return helper(3)\n"
                                "outer(); inner(); inner(); outside()\n")
        output = os.path.join(harness.fresh_directory(), "out.prof")
        done = harness.pyperf_run(self.python, program, options=["--decorated", "--report", "-",
                                                                 "-o", output])
        parts = re.split(r"(?m)^   Inside program\.py:\d+\((\w+)\), called (\d+) times?:\n",
                         done.stdout)
        self.check_same("tables", ["outer", "1", "inner", "3"],
                        [part for number, part in enumerate(parts) if number % 3])
        self.assertRegex(parts[3], r"(?m)^ +2 .*program\.py:1\(helper\)$")
        self.assertRegex(parts[6], r"(?m)^ +3 .*program\.py:1\(helper\)$")
        self.assertNotIn("outside", done.stdout)
        stats = harness.load_pstats(output, done)
        self.check_same("calls of helper", 4, harness.calls_of(stats, "helper"))
        self.check_same("calls of outside", 0, harness.calls_of(stats, "outside"))
        self.check_same("calls of inner", 3, harness.calls_of(stats, "inner"))

    def test_run_decorated_without_any(self):
        done = harness.pyperf_run(self.python, "-c", "1", options=["--decorated"])
        self.check_same("status", 0, done.status)
        self.assertIn("no function was decorated with @profile", done.stderr)


class Reports(harness.TestCase):
    per_interpreter = True

    PROGRAM = ("import threading\n"
               "def work(n):\n"
               "    if n > 1000:\n"
               "        return None\n"
               "    return sum([\n"
               "        i for i in range(n)\n"
               "    ])\n"
               "def main():\n"
               "    thread = threading.Thread(target=work, args=(5,), name='second')\n"
               "    thread.start()\n"
               "    thread.join()\n"
               "    return work(7)\n"
               "main()\n")

    def program(self):
        return harness.write(harness.fresh_directory(), "program.py", self.PROGRAM)

    def test_own_files_are_chosen(self):
        done = pyperf_lines(self.python, self.program())
        functions = functions_of(done.stdout)
        self.assertLessEqual({"work", "main"}, last_names(functions))
        self.check_same("files", {"program.py"}, {os.path.basename(f.file) for f in functions})
        work = next(function for function in functions if function.name == "work")
        self.check_same("hits", 2, work.rows[3][0])
        self.assertNotIn(4, work.rows)
        self.assertIn("   Never reached: line 4.\n", done.stdout)
        self.check_same("text", "        return None", work.texts[4])

    def test_statements(self):
        plain = functions_of(pyperf_lines(self.python, self.program(),
                                          options=["--only", "program.py:work"]).stdout)
        joined = functions_of(pyperf_lines(self.python, self.program(),
                                           options=["--only", "program.py:work",
                                                    "--statements"]).stdout)
        self.check_same("rows", {3, 5}, set(joined[0].rows))
        self.check_same("hits", sum(plain[0].rows[n][0] for n in (5, 6, 7) if n in plain[0].rows),
                        joined[0].rows[5][0])

    def test_threads(self):
        done = pyperf_lines(self.python, self.program(),
                            options=["--only", "program.py:work", "--per-thread"])
        parts = re.split(r"(?m)^   Thread \d of \d: ", done.stdout)
        self.check_same("threads", 3, len(parts))
        for part in parts[1:]:
            functions = functions_of(part)
            self.check_same("hits", [1], [function.rows[3][0] for function in functions])

    def test_file_and_report_agree(self):
        directory = harness.fresh_directory()
        output, report = os.path.join(directory, "x.lprof"), os.path.join(directory, "x.txt")
        done = pyperf_lines(self.python, self.program(),
                            options=["-o", output, "--report", report])
        self.check_same("status", 0, done.status)
        self.assertRegex(done.stderr, r"^pyperf: wrote .*x\.lprof \(lines of \d+ functions\); "
                                      r"look at it with: pyperf stats .*x\.lprof\n$")
        with open(report) as file:
            expected = functions_of(file.read())
        read = harness.run([harness.pyperf(), "stats", output])
        self.check_same("status of stats", 0, read.status)
        self.check_same("functions", [(f.name, f.line, f.rows) for f in expected],
                        [(f.name, f.line, f.rows) for f in functions_of(read.stdout)])


def stats(*operands):
    return harness.run([harness.pyperf(), "stats", *operands])


class OwnFiles(harness.TestCase):
    """Files of our own hold what was recorded, and need no source."""
    per_interpreter = True

    def record(self, *options, program=Reports.PROGRAM, stats_options=()):
        """The reports of a run and of its file, which is kept as self.output."""
        directory = harness.fresh_directory()
        script = harness.write(directory, "program.py", program)
        self.output = os.path.join(directory, "x.pyperf")
        done = pyperf_lines(self.python, script,
                            options=["-o", self.output, "--report", "-", *options])
        self.check_same("status", 0, done.status)
        self.assertRegex(done.stderr, r"^pyperf: wrote .*x\.pyperf \(lines of \d+ functions?\); "
                                      r"look at it with: pyperf stats .*x\.pyperf\n$")
        os.unlink(script)
        return done.stdout, stats(self.output, *stats_options).stdout

    def test_the_report_is_that_of_the_run(self):
        for options in [(), ("--calls",), ("--per-thread",), ("--raw-times",), ("--statements",)]:
            expected, found = self.record(*options, stats_options=options)
            self.assertIn("Line Contents", expected)
            self.check_same("report with %s" % (options,), expected, found)

    def test_with_calls(self):
        busy = Reports.PROGRAM + "for _ in range(300): work(900)\n"
        expected, found = self.record("--hot=1%", "--calls", program=busy,
                                      stats_options=["--calls"])
        self.assertIn("work", last_names(functions_of(expected)))
        self.check_same("report", expected, found)

    def test_children(self):
        program = ("import os\n"
                   "def f(n):\n"
                   "    return n\n"
                   "if os.fork():\n"
                   "    os.wait()\n"
                   "f(1)\n")
        expected, found = self.record("--children", "all", program=program)
        [f] = [function for function in functions_of(expected) if function.name == "f"]
        self.check_same("hits", 2, f.rows[3][0])
        self.check_same("report", expected, found)

    def test_decorated(self):
        program = "@profile\ndef f():\n    return 1\ndef g():\n    return 2\nf(); g()\n"
        expected, found = self.record(program=program)
        self.check_same("functions", {"f"}, last_names(functions_of(found)))
        self.check_same("report", expected, found)

    def test_json(self):
        self.record()
        done = stats(self.output, "--format", "json")
        [work] = [function for function in json.loads(done.stdout)["lines"]
                  if function["name"] == "work"]
        self.assertIn("        return None", [line["text"] for line in work["lines"]])

    def test_sums(self):
        self.record()
        both = self.output + ".sum.pyperf"
        done = harness.run([harness.pyperf(), "merge", "-o", both, self.output, self.output])
        self.check_same("status", 0, done.status)
        self.assertRegex(done.stderr, r"wrote .*sum\.pyperf \(lines of \d+ functions\)")
        one, two = functions_of(stats(self.output).stdout), functions_of(stats(both).stdout)
        self.check_same("hits", [(f.name, n, 2 * row[0]) for f in one for n, row in f.rows.items()],
                        [(f.name, n, row[0]) for f in two for n, row in f.rows.items()])
        self.check_same("texts", [f.texts for f in one], [f.texts for f in two])
        rows = harness.run([harness.pyperf(), "merge", "-o", both + ".prof", both])
        self.check_same("status of rows", 125, rows.status)
        self.assertIn("a profile of lines, without calls", rows.stderr)


class Patterns(harness.TestCase):
    per_interpreter = True

    def test_what_matched_nothing(self):
        program = harness.write(harness.fresh_directory(), "program.py",
                                "def price_orders():\n    return 1\n"
                                "def unused():\n    return 2\nprice_orders()\n")
        for pattern, said in [
                ("program.py:prize_orders", "did you mean 'program.py:price_orders'?"),
                ("progrm.py:price_orders", "did you mean 'program.py:price_orders'?"),
                ("progrm.py", "did you mean 'program.py'?"),
                ("program.py:qwertz", "none is called much like it"),
                ("program.py:900-950", "'program.py:900-950'")]:
            done = pyperf_lines(self.python, program, options=["--only", pattern])
            self.check_same("status with %s" % pattern, 0, done.status)
            self.assertIn(said, done.stderr)
        done = pyperf_lines(self.python, program, options=["--only", "program.py:price_orders"])
        self.check_same("messages", "", done.stderr)


def own_times(part):
    """{line: µs that are not those of functions it called}, from the list of calls."""
    return {int(text[:6]): float(text[16:].split()[0]) for text in part.split("\n")
            if text.endswith("  (the line itself)")}


class Example(harness.TestCase):
    """In examples/orders.py each line that is marked as slow comes before all others of its
    function: by its time or, next to a loop over a generator, by what is its own. Starting
    threads is slow by the CPU time: on the wall the main thread waits for them elsewhere."""
    per_interpreter = True
    alone = True

    def ranks_first(self, function, marked, own):
        """`own`: where it differs from the line's time."""
        times = {number: row[1] for number, row in function.rows.items()}
        return any(min(column[number] for number in marked) >=
                   max([column[number] for number in column if number not in marked], default=0)
                   for column in (times, {number: own.get(number, time)
                                          for number, time in times.items()}))

    def misplaced(self, options):
        """Names of functions whose marked lines do not come first, and all marked lines."""
        done = pyperf_lines(self.python, ORDERS, options=options)
        self.check_same("status", 0, done.status)
        wrong, seen = [], set()
        for part in re.split(r"(?m)^(?=Total time: )", done.stdout)[1:]:
            table, _, calls = part.partition("\nLine #     Calls ")
            for function in functions_of(table):
                marked = {number for number in function.rows
                          if "# slow: " in function.texts[number]}
                if marked and function.name != "<module>":
                    seen |= marked
                    if not self.ranks_first(function, marked, own_times(calls)):
                        wrong.append(function.name)
        return wrong, seen

    def test_slow_lines_come_first(self):
        with open(ORDERS) as file:
            slow = {number for number, text in enumerate(file, 1) if "# slow: " in text}
        self.check_same("marked lines", 10, len(slow))
        for _ in range(3):  # others may take the processor in the middle of a line
            wrong, seen = self.misplaced(["--calls"])
            if set(wrong) <= {"score_in_threads"}:
                break
        self.assertLessEqual(set(wrong), {"score_in_threads"})
        self.check_same("marked lines that were recorded", slow, seen)

    def test_threads_come_first_by_cpu_time(self):
        for _ in range(3):
            wrong, seen = self.misplaced(["--clock=cpu", "--only", "orders.py:score_in_threads"])
            if not wrong:
                break
        self.check_same("marked lines that do not come first", [], wrong)
        self.check_same("marked lines that were recorded", 1, len(seen))


if __name__ == "__main__":
    harness.main()
