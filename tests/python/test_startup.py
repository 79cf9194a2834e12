"""Where recording begins: at the program's first line, or with --startup at the interpreter's.

SPDX-License-Identifier: MIT
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import parity  # noqa: E402

SCRIPT = os.path.join(harness.PROGRAMS, "recursion.py")


class Startup(harness.TestCase):
    per_interpreter = True

    def test_without(self):
        """Nothing of what happens before the program runs."""
        _, stats = harness.profile(self.python, SCRIPT)
        files = {os.path.basename(label[0]) for label in stats}
        for name in ("site.py", "_sitebuiltins.py", "codecs.py", "aliases.py", "<frozen site>", "<frozen codecs>",
                     "<frozen getpath>"):
            self.assertNotIn(name, files)

    def test_with(self):
        """The imports of encodings and site are there, and what was there without is unchanged."""
        for options in ([], ["--startup"]):
            harness.profile(self.python, SCRIPT, options=options)  # now every .pyc is there
        _, without = harness.profile(self.python, SCRIPT)
        _, stats = harness.profile(self.python, SCRIPT, options=["--startup"])
        self.assertGreater(len(stats), len(without) + 20)
        modules = {label[0]: row[1] for label, row in stats.items() if label[2] == "<module>"}
        names = {os.path.basename(path.replace("<frozen ", "").replace(">", "")).replace(".py", "")
                 for path in modules}
        self.assertIn("site", names)
        self.assertTrue(any("encodings" in path for path in modules), sorted(modules))
        self.check_same("calls of site's main", 1, harness.calls_of(stats, "main", "site.py")
                        + harness.calls_of(stats, "main", "<frozen site>"))
        missing = [parity.show(label) for label in without if label not in stats and label[0] == SCRIPT]
        self.check_same("missing with --startup", [], missing)
        for label, row in without.items():
            if label[0] == SCRIPT:
                self.check_same(parity.show(label), row[:2], stats[label][:2])
        fewer = [parity.show(label) for label, row in without.items()
                 if label in stats and stats[label][1] < row[1]]
        self.check_same("called less often with --startup", [], fewer)

    def test_same_behaviour(self):
        plain = harness.run([self.python.path, SCRIPT, "x"])
        done = harness.pyperf_run(self.python, SCRIPT, "x", options=["--startup", "-q"])
        self.check_same("end", (plain.status, plain.stdout, plain.stderr), (done.status, done.stdout, done.stderr))

    def test_failing_startup(self):
        """A site that fails: Python's own words and status, and no profile out of nothing."""
        place = harness.fresh_directory()
        harness.write(place, "sitecustomize.py", "raise SystemExit(5)\n")
        env = harness.environment(PYTHONPATH=place)
        plain = harness.run([self.python.path, SCRIPT], env=env)
        for options in (["-q"], ["-q", "--startup"]):
            done = harness.pyperf_run(self.python, SCRIPT, options=options, env=env)
            with self.subTest(options):
                self.check_same("status and stdout", (plain.status, plain.stdout), (done.status, done.stdout))

    def test_module(self):
        """-m includes runpy and the package's __init__, with and without --startup."""
        env = harness.environment(PYTHONPATH=harness.PROGRAMS)
        for options in ([], ["--startup"]):
            _, stats = harness.profile(self.python, "-m", "package", options=options, env=env)
            with self.subTest(options):
                self.check_same("runpy", 1, harness.calls_of(stats, "_run_module_as_main"))
                self.check_same("run_code", 1, harness.calls_of(stats, "_run_code"))
                for name in ("__init__.py", "__main__.py", "first.py"):
                    self.check_same(name, 1, harness.calls_of(stats, "<module>", "package/" + name))

    def test_code_and_standard_input(self):
        code = "def f(n): return abs(n)\nfor n in range(9): f(n)\n"
        for operands, text, file in ((["-c", code], "", "<string>"), (["-"], code, "<stdin>")):
            _, stats = harness.profile(self.python, *operands, input=text)
            with self.subTest(operands[0]):
                self.check_same("calls of f", 9, harness.calls_of(stats, "f", file))
                self.check_same("modules", 1, harness.calls_of(stats, "<module>", file))


class Builtins(harness.TestCase):
    per_interpreter = True

    def test_no_builtins(self):
        """--no-builtins leaves the Python functions' counts and their callers as they are, except
        that a caller which was a builtin is now the function that called that."""
        script = os.path.join(harness.PROGRAMS, "recursion.py")
        _, whole = harness.profile(self.python, script)
        _, less = harness.profile(self.python, script, options=["--no-builtins"])
        root = harness.root_label(less)
        self.check_same("builtins", [root], [label for label in less if label[0] == "~"])
        expected = {label: row[:2] for label, row in whole.items() if label[0] == script}
        self.check_same("functions", expected, {label: row[:2] for label, row in less.items() if label[0] == script})
        depth = next(label for label in less if label[2] == "depth")
        callers = {label[2]: edge[0] for label, edge in less[depth][4].items()}
        self.check_same("callers of depth, without map and max", {"<module>": 1, "depth": 9}, callers)


if __name__ == "__main__":
    harness.main()
