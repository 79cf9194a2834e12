"""Counts equal those of the interpreter's own cProfile: every function, every caller edge.

SPDX-License-Identifier: MIT
"""
import functools
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import parity  # noqa: E402

# Compared elsewhere: what runs after the end of __main__, threads, what prints process ids or
# needs arguments.
OF_THEIR_OWN = {"after_main.py", "threads.py", "shared_stack.py", "method_of_builtin.py",
                "measures_itself.py", "describe.py", "dies.py", "children.py", "overflows.py",
                "tortured.py",
                # Under pyperf alone there is a `profile` for them.
                "decorated.py", "line_kinds.py", "line_match.py"}
PRELOAD = os.path.join(harness.SUPPORT, "preload")


def programs():
    names = [name for name in sorted(os.listdir(harness.PROGRAMS)) if name.endswith(".py")]
    return [name for name in names if not name.startswith("real_")]


def requires(script):
    """The version in the script's "requires: 3.N", or (3,)."""
    with open(script) as file:
        found = re.search(r"requires: (\d+)\.(\d+)", file.read())
    return tuple(map(int, found.groups())) if found else (3,)


def without_addresses(text):
    return re.sub("0x[0-9a-f]+", "0x", text)


class Comparison(harness.TestCase):
    """Runs a program under cProfile and under pyperf and compares the counts."""

    def measure(self, name, *arguments, env=None, threads="one"):
        """The counts of both, checked to have printed the same as without either, and what the
        interpreter called by itself."""
        script = os.path.join(harness.PROGRAMS, name)
        if self.python.version_info < requires(script):
            self.skip("%s needs a newer Python" % name)
        env = harness.environment(PYTHONUNBUFFERED="1", **(env or {}))
        plain = harness.run([self.python.path, script, *arguments], env=env)  # also warms .pyc
        if plain.status:
            raise AssertionError("fails without a profiler: %s" % plain)
        reference, expected = parity.of_cprofile(self.python, script, *arguments, env=env,
                                                    threads=threads)
        done, stats = harness.profile(self.python, script, *arguments,
                                      options=("--raw-times",), env=env)
        self.check_same("status", plain.status, done.status)
        self.check_same("output", without_addresses(plain.stdout), without_addresses(done.stdout))
        self.check_same("cProfile's output", without_addresses(plain.stdout),
                        without_addresses(reference.stdout))
        got, by_interpreter = parity.of_pstats(stats, script)
        self.take_off_exit(script, got)
        got.stats = stats
        return expected, got, by_interpreter

    def compare(self, name, *arguments, env=None, others=None):
        expected, got, by_interpreter = self.measure(name, *arguments, env=env)
        parity.name_overridden(expected, got)
        self.judge(name, expected, parity.differences(expected, got))
        self.check_same("what the interpreter called by itself", others or {}, by_interpreter)
        self.assertGreater(len(expected.edges), 5, "hardly anything was compared")

    def judge(self, name, expected, found):
        if found:
            self.fail("%d differences in %s (of %d rows, %d edges):\n  %s" % (
                len(found), name, len(expected.rows), len(expected.edges), "\n  ".join(found[:40])))

    def take_off_exit(self, script, counts):
        """A program that ends itself by os._exit does so after cProfile's driver stopped."""
        with open(script) as file:
            if "\nos._exit(0)" not in file.read():
                return
        leave = ("~", 0, "<built-in method posix._exit>")
        self.check_same("calls of os._exit", [(1, 1)], counts.rows.pop(leave, None))
        for edge in list(counts.edges):
            if edge[1] == leave:
                self.check_same("caller of os._exit", (script, "<module>"), (edge[0][0], edge[0][2]))
                del counts.edges[edge]


class Parity(Comparison):
    """Each program of tests/programs gets a test_NAME; they are added below."""
    per_interpreter = True


def add_program(name):
    def test(self):
        self.compare(name)
    test.__name__ = "test_" + name[:-3]
    setattr(Parity, test.__name__, test)


for program in programs():
    if program not in OF_THEIR_OWN:
        add_program(program)


class RealPrograms(Comparison):
    per_interpreter = True

    def compare_real(self, package, *arguments):
        why_not = self.python.has(package)
        if why_not:
            self.skip("%s: %s" % (package, why_not))
        self.compare("real_%s.py" % package, *arguments, env={"PYTHONPATH": harness.real_packages()})

    def test_pygments(self):
        self.compare_real("pygments", "typing.py")

    def test_docutils(self):
        self.compare_real("docutils", "10")


class Documented(Comparison):
    """The differences that parity.DOCUMENTED allows: each is there, and is no more than that."""
    per_interpreter = True
    program = staticmethod(functools.partial(os.path.join, harness.PROGRAMS))

    def test_root_row_and_loader(self):
        _, stats = harness.profile(self.python, self.program("recursion.py"))
        root = harness.root_label(stats)
        self.check_same("the root's row", (1, 1, {}), (stats[root][0], stats[root][1], stats[root][4]))
        self.check_same("name", "<program %s>" % self.program("recursion.py"), root[2])
        called = harness.callees_of_root(stats)
        names = sorted((label[0].rpartition("/")[2], label[2], calls) for label, calls in called.items())
        self.check_same("what the root calls", [
            ("<frozen importlib._bootstrap_external>", "__init__", 1), ("recursion.py", "<module>", 1)],
            names)

    def test_end_of_main(self):
        """Exit functions, a thread that outlives main, and an object that dies with it."""
        done, stats = harness.profile(self.python, self.program("after_main.py"))
        self.check_same("status", 0, done.status)
        _, expected = parity.of_cprofile(self.python, self.program("after_main.py"))
        in_file = {label[2]: (row[0], row[1]) for label, row in stats.items()
                   if label[0] == self.program("after_main.py")}
        self.check_same("calls", {
            "<module>": (1, 1), "at_exit": (2, 2), "helper": (16, 16), "outliving": (1, 1),
            "late": (11, 11), "Dying": (1, 1), "__del__": (1, 1), "dying": (1, 1)}, in_file)
        before = {label[2] for label in expected.rows if label[0] == self.program("after_main.py")}
        self.check_same("what cProfile has", {"<module>", "helper", "Dying"}, before - {"outliving"})
        self.check_same("calls of _shutdown", 1, harness.calls_of(stats, "_shutdown", "threading.py"))

    def test_runpy(self):
        """-m: everything but runpy's own calls and what they import equals running the file."""
        env = harness.environment(PYTHONPATH=harness.PROGRAMS)
        plain = harness.run([self.python.path, "-m", "package", "x"], env=env)
        done, stats = harness.profile(self.python, "-m", "package", "x", env=env)
        self.check_same("output", plain.stdout, done.stdout)
        ours = {(label[0].rpartition("package")[2], label[2]): row[1] for label, row in stats.items()
                if label[0].startswith(harness.PROGRAMS)}
        self.check_same("calls in the package", {
            ("/__init__.py", "<module>"): 1, ("/first.py", "<module>"): 1,
            ("/second.py", "<module>"): 1, ("/third.py", "<module>"): 1, ("/third.py", "twice"): 1,
            ("/__main__.py", "<module>"): 1, ("/__main__.py", "main"): 1,
            ("/__init__.py", "helper"): 3}, {key: n for key, n in ours.items() if "comp>" not in key[1]})
        runpy = harness.rows_of(stats, "_run_module_as_main")
        self.check_same("rows of runpy's entry", 1, len(runpy))
        label = next(iter(runpy))
        self.check_same("its caller", {harness.root_label(stats): 1},
                        {caller: edge[0] for caller, edge in runpy[label][4].items()})

    def test_labels(self):
        """cProfile's own dictionary loses all but one of the functions on a line."""
        expected, got, _ = self.measure("one_line.py")
        script = self.program("one_line.py")
        label = (script, 2, "<lambda>")
        self.check_same("cProfile's functions on line 2", [(5, 5), (7, 7)], sorted(expected.rows[label]))
        self.assertIn(expected.pstats[label], [(5, 5), (7, 7)], "cProfile's row for line 2")
        self.check_same("pyperf's row for line 2", [(12, 12)], got.rows[label])
        # Line 8 is a chain of three; by label each call of the outermost is primitive. Line 12's
        # two call each other: of 4+5 and 3+4 calls the first ones are.
        self.check_same("pyperf's row for line 8", [(3, 9)], got.rows[script, 8, "<lambda>"])
        self.check_same("pyperf's row for line 12", [(2, 9)], got.rows[script, 12, "<lambda>"])
        self.check_same("made, of 5 objects with one code", [(5, 5)], got.rows[script, 17, "made"])

    def test_addresses(self):
        expected, got, _ = self.measure("classes.py")
        with_address = {name for name in expected.raw_names if " at 0x" in name}
        self.assertTrue(with_address, "cProfile has no address in a name any more")
        ours = [label[2] for label in got.stats if label[0] == "~" and " at 0x" in label[2]]
        self.check_same("pyperf's names with addresses", [], ours)
        for name in with_address:
            self.assertIn(parity.normalised(("~", 0, name)), got.rows)

    def test_overridden(self):
        expected, got, _ = self.measure("callables.py")
        wrong, right = ("~", 0, "<function Text.upper>"), ("~", 0, "<method 'upper' of 'str' objects>")
        self.check_same("renamed", {wrong: right}, parity.name_overridden(expected, got))

    def test_method_of_builtin(self):
        expected, got, _ = self.measure("method_of_builtin.py")
        found = parity.differences(expected, got)
        script = self.program("method_of_builtin.py")
        if not (3, 12) <= self.python.version_info < (3, 14):  # the interpreter unbinds the method
            self.judge("method_of_builtin.py", expected, found)
        else:
            lost = [label for label in got.rows if label[0] == script and label not in expected.rows]
            self.assertTrue(lost, "cProfile keeps its stack now: compare the counts")
        calls = {label[2]: rows for label, rows in got.rows.items() if label[0] == script}
        for name in ("<module>", "direct", "repeated", "raising", "as_class_attribute", "after"):
            self.check_same(name, [(1, 1)], calls.get(name))
        if self.python.version_info >= (3, 11):  # before, such calls caused no event at all
            edges = {(caller[2], callee[2]): rows[0][1] for (caller, callee), rows in got.edges.items()
                     if caller[0] == script and "listcomp" not in caller[2] and callee[0] == "~"}
            wanted = {("direct", "len"): 1, ("raising", "len"): 1, ("as_class_attribute", "len"): 1,
                      ("after", "abs"): 1}
            if self.python.version_info >= (3, 12):
                wanted["repeated", "max"] = 4  # the comprehension has no frame of its own
            for (caller, name), count in wanted.items():
                label = "<built-in method builtins.%s>" % name
                self.check_same("calls of %s by %s" % (name, caller), count, edges.get((caller, label)))

    def test_threads(self):
        """Each thread's counts equal those of a cProfile of its own, where that can be had; and
        the program's own functions are counted right everywhere."""
        expected, got, by_interpreter = self.measure("threads.py", env={"PYTHONPATH": PRELOAD}, threads="each")
        if self.python.version_info < (3, 12):
            found = parity.differences(expected, got)
        else:
            found = parity.differences(expected, got, calls_only=True)
        # How many locks of ended threads are still held is a matter of microseconds.
        self.judge("threads.py", expected, [line for line in found if "'locked' of" not in line])
        self.check_same("what the interpreter calls by itself", {"_bootstrap": 7},
                        {label[2]: calls for label, calls in by_interpreter.items()})
        script = self.program("threads.py")
        counts = {label[2]: rows[0] for label, rows in got.rows.items() if label[0] == script}
        calls = [shared_calls(n) for n in range(11)]
        tops = [n for top in (8, 9, 10, 5, 6, 7) for n in range(top)]
        self.check_same("shared", (len(tops), sum(calls[n] for n in tops)), counts["shared"])
        for name, count in (("in_worker", 4), ("in_main", 2), ("spawner", 1), ("ending", 1), ("run", 1)):
            self.check_same(name, (count, count), counts[name])

    def test_shared_stack(self):
        """While main is in a call, another thread calls: cProfile does not see it, or takes it
        for a callee of main's."""
        expected, got, _ = self.measure("shared_stack.py")
        script = self.program("shared_stack.py")
        name = {label[2]: label for label in got.rows if label[0] == script}
        callers_of_inner = [edge for edge in got.edges if edge[1] == name["inner"]]
        self.check_same("callers of inner", [(name["worker"], name["inner"])], callers_of_inner)
        if self.python.version_info < (3, 12):
            self.assertNotIn(name["inner"], expected.rows, "cProfile sees other threads now")
        else:
            self.check_same("cProfile's calls of inner", 2, sum(row[1] for row in expected.rows[name["inner"]]))
            self.assertTrue(parity.differences(expected, got),
                            "cProfile keeps threads apart now: compare their edges")


def shared_calls(n):
    return 1 if n < 2 else 1 + shared_calls(n - 1) + shared_calls(n - 2)


class Engines(harness.TestCase):
    """The two engines of 3.12 and later agree."""
    per_interpreter = True

    def test_engines_agree(self):
        if self.python.version_info < (3, 12):
            self.skip("one engine only")
        for name in programs():
            if name in OF_THEIR_OWN:
                continue
            script = os.path.join(harness.PROGRAMS, name)
            env = harness.environment(PYTHONUNBUFFERED="1")
            with self.subTest(name):
                harness.run([self.python.path, script], env=env)  # warms .pyc
                tables = []
                for engine in ("monitoring", "setprofile"):
                    done, stats = harness.profile(self.python, script, env=env,
                                                  options=("--engine", engine))
                    self.check_same("status", 0, done.status)
                    tables.append(parity.of_pstats(stats, script)[0])
                self.judge(name, parity.differences(*tables))

    def judge(self, name, found):
        if found:
            self.fail("%d differences between the engines in %s:\n  %s" % (
                len(found), name, "\n  ".join(found[:20])))


if __name__ == "__main__":
    harness.main()
