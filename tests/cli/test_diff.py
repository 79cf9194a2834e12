"""`pyperf diff`: what it finds, in files made by hand, and when it fails a build.

SPDX-License-Identifier: MIT
"""
import json
import marshal
import os
import pty
import random
import re
import subprocess
import sys

import cli

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import json_schemas  # noqa: E402

ROOT = ("~", 0, "<program x>")


def profile(functions):
    """pstats' dictionary of functions that the program calls: {(file, line, name): (calls, self)}"""
    rows = {ROOT: (1, 1, 0.0, sum(own for _, own in functions.values()), {})}
    for label, (calls, own) in functions.items():
        rows[label] = (calls, calls, own, own, {ROOT: (calls, calls, own, own)})
    return rows


class Diff(cli.Case):
    def save(self, name, functions):
        with open(os.path.join(self.directory, name), "wb") as file:
            marshal.dump(profile(functions), file, 2)
        return name

    def diff(self, *arguments):
        """(status, stdout, stderr)"""
        return self.finish(self.start([cli.pyperf, "diff", *arguments]))

    def comparison(self, *arguments):
        status, stdout, stderr = self.diff("--format", "json", *arguments)
        self.assertEqual((status, stderr), (0, ""))
        return json.loads(stdout)

    def two(self):
        self.save("before.prof", {
            ("/old/shop/orders.py", 10, "report"): (10, 0.100),
            ("/old/shop/orders.py", 90, "<lambda>"): (5, 0.010),
            ("/old/shop/orders.py", 95, "<lambda>"): (7, 0.020),
            ("/old/shop/orders.py", 50, "dropped"): (1, 0.001),
            ("~", 0, "<built-in method builtins.len>"): (1000, 0.002)})
        self.save("after.prof", {
            ("/new/shop/orders.py", 12, "report"): (10, 0.130),
            ("/new/shop/orders.py", 92, "<lambda>"): (5, 0.010),
            ("/new/shop/orders.py", 97, "<lambda>"): (8, 0.025),
            ("/new/shop/orders.py", 60, "added"): (2, 0.004),
            ("~", 0, "<built-in method builtins.len>"): (1000, 0.002)})
        return "before.prof", "after.prof"

    def test_functions_are_matched(self):
        found = self.comparison(*self.two())
        rows = {(row["name"], (row["before"] or {}).get("line"), (row["after"] or {}).get("line")):
                row for row in found["functions"]}
        self.assertEqual({key[1:]: rows[key]["status"] for key in rows if key[0] != "<program x>"},
                         {(10, 12): "both", (90, 92): "both", (95, 97): "both",
                          (50, None): "gone", (None, 60): "new", (0, 0): "both"})
        report = rows["report", 10, 12]
        self.assertEqual(report["calls"]["difference"], 0)
        self.assertAlmostEqual(report["self"]["difference"], 0.03)
        self.assertAlmostEqual(report["self"]["ratio"], 1.3)
        self.assertIsNone(rows["added", None, 60]["self"]["ratio"])
        self.assertEqual(found["verdict"], "unknown")
        self.assertNotIn("paths", found)

    def test_what_changed_most_comes_first(self):
        status, stdout, stderr = self.diff(*self.two())
        self.assertEqual((status, stderr), (0, ""))
        lines = stdout.splitlines()
        self.assertEqual(lines[0], "Before: before.prof")
        self.assertIn("time  133.0 ms \u2192 171.0 ms  +38.00 ms  +28.6 %", stdout)
        start = next(i for i, line in enumerate(lines) if line.lstrip().startswith("CALLS"))
        names = [line.split()[-2] for line in lines[start + 1:start + 4]]
        self.assertEqual(names, ["report", "<lambda>", "added"])
        self.assertIn("new", lines[start + 3])
        self.assertNotIn("builtins.len", stdout)

    def test_sorting_and_limits(self):
        files = self.two()
        status, stdout, _ = self.diff("-s", "calls", "-n", "1", *files)
        self.assertEqual(status, 0)
        self.assertIn("(1 of 5)", stdout)
        self.assertIn("and 4 more with self times of ", stdout)
        self.assertIn("added", stdout)
        names = [row["name"] for row in self.comparison("-s", "name", "-r", *files)["functions"]]
        self.assertEqual(names, sorted(names, reverse=True))
        shown = self.comparison("--select", "orders.py", "--exclude", "<*>", *files)["functions"]
        self.assertEqual({row["name"] for row in shown}, {"report", "dropped", "added"})

    def test_nothing_differs(self):
        before, _ = self.two()
        status, stdout, _ = self.diff(before, before)
        self.assertEqual(status, 0)
        self.assertIn("No function differs.", stdout)

    def test_conditions(self):
        files = self.two()
        for condition, expected in (
                ("self(orders:report) > +10% and > 5ms", 1),
                ("self(orders:report) > +10% and > 50ms", 0),
                ("cumulative(shop/orders.py:report) > 29%", 1),
                ("cumulative(report) > 31%", 0),
                ("time > 20%", 1),
                ("time > 30%", 0),
                ("calls > 1", 1),
                ("ncalls(<lambda>) > 0", 1),
                ("calls(len) > 0", 0),
                ("self(dropped) < -99%", 1),
                ("self(added) > 1000%", 1)):
            status, stdout, stderr = self.diff("--fail-if", condition, *files)
            self.assertEqual((status, stderr), (expected, ""), condition)
            self.assertIn("\n%s: %s\n" % ("FAILED" if expected else "passed", condition), stdout)
        status, _, _ = self.diff("--fail-if", "time > 30%", "--fail-if", "time > 20%", *files)
        self.assertEqual(status, 1)

    def test_the_largest_or_the_nearest_comes_first(self):
        def profile(name, *milliseconds):
            return self.save(name, {("x.py", line, "f%d" % line): (1, value / 1000)
                                    for line, value in enumerate(milliseconds, 1)})
        profile("before.prof", 10000, 1, 1, 1)
        profile("after.prof", 10500, 1.9, 1, 0.5)
        for condition, first in (("self(x:*) < -90%", "f4"), ("self(x:*) > 100%", "f2"),
                                 ("self(x:*) < -1%", "f4"), ("self(x:*) > 1%", "f1"),
                                 ("self(x:*) > 1s", "f1"), ("self(x:*) < -1s", "f4")):
            _, stdout, _ = self.diff("--fail-if", condition, "before.prof", "after.prof")
            self.assertRegex(stdout, r"(?:FAILED|passed): %s\n +%s:" % (re.escape(condition), first))

    def test_clocks(self):
        self.write("x.py", "sum(range(1000))\n")
        for name, clock in ("wall.pyperf", "wall"), ("cpu.pyperf", "cpu"):
            self.assertEqual(self.run_pyperf("-q", "--clock", clock, "-o", name, "x.py")[0], 0)
        _, _, stderr = self.diff("wall.pyperf", "cpu.pyperf")
        self.assertEqual(stderr, "pyperf: the times of cpu.pyperf are CPU time, and those of wall.pyperf "
                                 "are not: what differs may be waiting\n")
        self.assertEqual(self.diff("wall.pyperf", "wall.pyperf")[2], "")

    def test_patterns_that_match_nothing(self):
        files = self.two()
        for condition, near in (("self(orders:reprot) > 5%", "is it 'report' in "),
                                ("self(order:report) > 5%", "is it 'report' in "),
                                ("self(xyzzy) > 5%", "no function in either profile")):
            status, stdout, stderr = self.diff("--fail-if", condition, *files)
            self.assertEqual((status, stdout), (2, ""))
            self.assertIn(near, stderr)

    def test_json_fits_its_schema(self):
        files = self.two()
        for arguments in ((), ("--select", "orders.py")):
            status, stdout, _ = self.diff("--format=json", "--fail-if", "time > 5%", "--fail-if",
                                          "self(len) > 5%", *arguments, *files)
            self.assertEqual(status, 1)
            found = json_schemas.check(self, stdout, "comparison")
            self.assertEqual([one["failed"] for one in found["conditions"]], [True, False])

    # Several files.

    def measure(self, name, seed, factor=1.0, noise=0.02):
        """Files of five runs, each a little slower or faster throughout, and function by
        function."""
        source = random.Random(seed)
        for run in range(5):
            whole = source.gauss(1, noise)
            functions = {("/x/m.py", line, "f%d" % line): (line, 0.01 * line * whole
                                                           * source.gauss(1, noise / 2))
                         for line in range(1, 20)}
            for label in list(functions):
                calls, own = functions[label]
                functions[label] = calls, own * factor
            self.save("%s-%d.prof" % (name, run), functions)

    def test_negative_lines(self):
        """Code that was made by a program can begin anywhere; here and in the JSON of stats."""
        self.save("made.prof", {("made.py", -5, "f"): (1, 0.1)})
        [row] = [row for row in self.comparison("made.prof", "made.prof")["functions"] if row["name"] == "f"]
        self.assertEqual((row["before"]["line"], row["after"]["line"]), (-5, -5))
        for form, read in ("table", str), ("json", lambda text: json_schemas.check(self, text, "profile")):
            status, stdout, stderr = self.finish(self.start([cli.pyperf, "stats", "--format", form, "made.prof"]))
            self.assertEqual((status, stderr), (0, ""))
            self.assertIn("made.py:-5" if form == "table" else "'line': -5", str(read(stdout)))

    def test_groups_of_files(self):
        self.measure("a", 1)
        self.measure("b", 2, factor=1.2)
        shell = [["a-%d.prof" % run for run in range(5)], ["b-%d.prof" % run for run in range(5)]]
        separated = self.comparison(*shell[0], "--", *shell[1])
        self.assertEqual(separated["before"]["files"], shell[0])
        self.assertEqual(separated["after"]["files"], shell[1])
        self.assertEqual(separated["verdict"], "slower")
        quoted = self.comparison("a-*.prof", "b-*.prof")
        self.assertEqual(quoted, separated)
        self.assertEqual(self.comparison("a-*.prof", "--", "b-*.prof"), separated)
        low, high = separated["total"]["self"]["interval"]
        self.assertTrue(1.1 < low < separated["total"]["self"]["ratio"] < high < 1.3)
        status, stdout, _ = self.diff("a-*.prof", "b-*.prof")
        self.assertEqual(status, 0)
        self.assertIn("a-0.prof ... a-4.prof (median of 5)", stdout)
        self.assertIn("\nSlower: time +", stdout)
        self.assertEqual(self.comparison("b-*.prof", "a-*.prof")["verdict"], "faster")
        self.assertEqual(self.comparison(*shell[0], "--", *shell[1][:4])["verdict"], "unknown")

    def test_medians(self):
        for run, own in enumerate((1.0, 5.0, 3.0)):
            self.save("m-%d.prof" % run, {("m.py", 1, "f"): (run, own)})
        self.save("other.prof", {("m.py", 1, "g"): (1, 1.0)})
        found = self.comparison("m-*.prof", "--", "other.prof", "m-0.prof")
        f = next(row for row in found["functions"] if row["name"] == "f")
        self.assertEqual((f["self"]["before"], f["self"]["after"]), (3.0, 0.5))
        self.assertEqual(f["status"], "both")

    def judge(self, count, factor):
        """How many of so many comparisons end with a verdict, and how many fail a build."""
        verdicts = failures = 0
        for number in range(count):
            self.measure("a", (factor, number, "a").__repr__())
            self.measure("b", (factor, number, "b").__repr__(), factor)
            status, stdout, _ = self.diff("--format=json", "--fail-if", "time > 0%",
                                          "a-*.prof", "b-*.prof")
            verdicts += json.loads(stdout)["verdict"] != "no difference found"
            failures += status == 1
        return verdicts, failures

    def test_false_alarms(self):
        verdicts, failures = self.judge(200, 1.0)
        self.assertLessEqual(verdicts, 10)
        self.assertLessEqual(failures, 10)

    def test_true_differences(self):
        verdicts, failures = self.judge(50, 1.1)
        self.assertGreaterEqual(verdicts, 48)
        self.assertGreaterEqual(failures, 48)

    # Mistakes.

    def test_operands(self):
        before, after = self.two()
        for arguments, reason in (((), "two profiles are needed"),
                                  ((before,), "two profiles are needed"),
                                  ((before, before, after), "which of these profiles")):
            status, stdout, stderr = self.diff(*arguments)
            self.assertEqual((status, stdout), (2, ""))
            self.assertIn(reason, stderr)
            self.assertIn("pyperf diff BEFORE AFTER", stderr)
        for arguments in ((before, "none.prof"), (before, "none-*.prof")):
            status, stdout, stderr = self.diff(*arguments)
            self.assertEqual((status, stdout), (125, ""))
            self.assertIn(arguments[1], stderr)

    def test_options(self):
        files = self.two()
        for option, reason in ((("-n", "x"), "neither a number"), (("-n", "-1"), "neither a number"),
                               (("-s", "slef"), "did you mean 'self'?"),
                               (("--format", "xml"), "neither 'text' nor 'json'"),
                               (("--fail-if", "time >"), "a number is missing"),
                               (("--select", ""), "an empty pattern")):
            status, stdout, stderr = self.diff(*option, *files)
            self.assertEqual((status, stdout), (2, ""), option)
            self.assertIn(reason, stderr)

    # Terminals.

    def on_terminal(self, *files, width=90, **environment):
        controller, terminal = pty.openpty()
        process = subprocess.Popen([cli.pyperf, "diff", *(files or self.two())], cwd=self.directory,
                                   env=dict(self.environment, TERM="xterm", COLUMNS=str(width),
                                            **environment), stdout=terminal)
        os.close(terminal)
        text = b""
        while True:
            try:
                piece = os.read(controller, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(controller)
        self.assertEqual(process.wait(), 0)
        return text.decode()

    def test_colours(self):
        coloured = self.on_terminal()
        self.assertIn("\x1b[31m", coloured)
        self.assertNotIn("\x1b", self.on_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.diff(*self.two())[1])

    def test_width(self):
        for line in self.on_terminal(NO_COLOR="1").splitlines():
            self.assertLessEqual(len(line), 90)

    def test_ends_of_names_are_seen(self):
        """Their beginnings may be alike."""
        stem = "a_stem_of_some_length_" * 4
        for name, seconds in ("a.prof", 0.1), ("b.prof", 0.3):
            self.save(name, {("/dir/%smodule.py" % stem, line, "a_function_with_a_long_name_%d" % line):
                             (line, seconds * line) for line in range(10, 15)})
        for width in (80, 100, 120, 300):
            text = self.on_terminal("a.prof", "b.prof", width=width, NO_COLOR="1")
            self.assertLessEqual(max(map(len, text.splitlines())), width)
            for line in range(10, 15):
                self.assertRegex(text, r"(\.\.\.\w*|a_function_with_a_long)_name_%d\b" % line)
            if width > 120:
                self.assertRegex(text, r"(\.\.\.\w*|%s)module\.py:14" % stem)


if __name__ == "__main__":
    cli.main()
