"""The call tree itself: its times are consistent in every node, recorded and compensated, with
and without folding; and the engines agree on its shape and counts.

usage: see tests/support/harness.py

SPDX-License-Identifier: MIT
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import trees  # noqa: E402

PROGRAMS = ["callables.py", "classes.py", "comprehensions.py", "contexts.py", "coroutines.py", "decorators.py",
            "deep.py", "dynamic.py", "exceptions.py", "generators.py", "one_line.py", "recursion.py", "sorting.py"]
REAL = {"pygments": "real_pygments.py", "docutils": "real_docutils.py"}
THREADED = ["threads.py", "churn.py"]
SLACK = 1000  # nanoseconds: each node's times are printed rounded


def program(name):
    return [os.path.join(harness.PROGRAMS, name)]


def compile_imports(python, name, env=None):
    """Runs the program once, so that later runs find their modules compiled and do the same."""
    harness.run([python.path, *program(name)], env=env)


class Consistency(harness.TestCase):
    per_interpreter = True

    def check(self, name, nodes, wall):
        children = [0] * len(nodes)
        folded_away = 0
        for index, node in enumerate(nodes):
            parent = nodes[node.parent] if node.parent >= 0 else None
            is_folded = parent is not None and parent.kind == "fold root"
            if node.self < 0 or node.folded > node.inclusive + SLACK:
                self.fail("%s: self or folded of %s" % (name, (node,)))
            if parent is not None and not is_folded:
                children[node.parent] += node.inclusive
            if is_folded:
                folded_away += node.self
        slack = SLACK + len(nodes)
        for index, node in enumerate(nodes):
            if node.kind != "fold root" and children[index] + node.folded > node.inclusive + slack:
                self.fail("%s: children of %s" % (name, (node,)))
        roots = [node for node in nodes if node.kind == "root"]
        total = sum(node.inclusive for node in roots)
        self_times = sum(node.self for node in nodes)
        self.assertLessEqual(abs(total - self_times), slack + total // 1000, "%s: sum of self times" % name)
        for root in roots:
            self.assertLessEqual(root.inclusive, wall * 1e9, "%s: a thread's total" % name)

    def try_all(self, names, **options):
        names = self.some(names, 4 if options else 2)
        for name in names:
            paths = trees.Paths()
            with self.subTest(program=name, **options):
                session, done = trees.record(self.python, program(name), **options)
                self.check_same("status of " + str(done), 0, done.status)
                raw, compensated = trees.read(session, "raw"), trees.read(session, "compensated")
                self.check(name + " raw", raw, done.seconds)
                self.check(name + " compensated", compensated, done.seconds)
                self.check_same("counts", trees.count_paths(raw, paths), trees.count_paths(compensated, paths))
                for before, after in zip(raw, compensated):
                    self.assertLessEqual(after.inclusive, before.inclusive + SLACK)

    def test_programs(self):
        self.try_all(PROGRAMS + THREADED)

    def test_folded(self):
        self.try_all(PROGRAMS + THREADED, max_nodes=100)

    def test_without_builtins(self):
        self.try_all(PROGRAMS + THREADED, builtins=False)

    def some(self, names, step):
        """All for the interpreters that matter most, some for others."""
        most = self.python.version_info[:2] in ((3, 11), harness.interpreters()[-1].version_info[:2])
        return names if most else names[::step]

    def test_folding_keeps_counts(self):
        for name in self.some(PROGRAMS, 4):
            with self.subTest(name):
                compile_imports(self.python, name)
                whole, folded = (trees.read(trees.record(self.python, program(name), max_nodes=limit)[0])
                                 for limit in (4000000, 100))
                self.check_same("counts", trees.calls_by_function(whole), trees.calls_by_function(folded))


class Engines(harness.TestCase):
    """Where two engines can record the same, they record the same tree."""
    per_interpreter = True

    def pair(self):
        if self.python.version_info >= (3, 12):
            return ("monitoring", "setprofile"), True
        if self.python.version_info >= (3, 11):
            return ("frames", "setprofile"), False
        self.skip("one engine only")

    def compare(self, name, env=None):
        engines, builtins = self.pair()
        found, paths = [], trees.Paths()
        compile_imports(self.python, name, env)
        for engine in engines:
            session, done = trees.record(self.python, program(name), engine=engine, builtins=builtins, env=env)
            self.check_same("status of " + str(done), 0, done.status)
            nodes = trees.read(session)
            found.append(trees.count_paths(nodes, paths, "__getitem__" if "frames" in engines else None))
        differences = ["%s: %s %s, %s %s" % (" > ".join(paths.names(path)[-5:]), engines[0],
                                             found[0].get(path), engines[1], found[1].get(path))
                       for path in sorted(set(found[0]) | set(found[1]))
                       if found[0].get(path) != found[1].get(path)]
        if differences:
            self.fail("%s: %d paths differ\n%s" % (name, len(differences), "\n".join(differences[:15])))

    def test_programs(self):
        for name in PROGRAMS:
            with self.subTest(name):
                self.compare(name, env=harness.environment(PYTHONUNBUFFERED="1"))

    def test_real_programs(self):
        for module, name in REAL.items():
            why_not = self.python.has(module)
            if why_not:
                self.skip(why_not)
            with self.subTest(name):
                env = harness.environment(PYTHONPATH=harness.real_packages())
                self.compare(name, env=env)


    def test_subscripts(self):
        """Why __getitem__ is left out above: in early releases of 3.11, a subscript that has been
        specialised calls it past the hook of the frames engine. What it calls in turn is seen."""
        script = harness.write(harness.fresh_directory(), "subscripts.py", """
def helper(): return 1
class Row:
    def __getitem__(self, key): return helper()
row = Row()
for n in range(1000): row[n]
""")
        for engine in self.pair()[0]:
            session, _ = trees.record(self.python, [script], engine=engine, builtins=False)
            calls = {name: counts[0] for (file, _, name), counts in
                     trees.calls_by_function(trees.read(session)).items() if file == script}
            self.check_same("calls of helper", 1000, calls["helper"])
            if engine == "frames" and self.python.version_info <= (3, 11, 2):
                self.assertLess(calls["__getitem__"], 1000, "the frames engine sees them now: compare")
            elif engine != "frames" or self.python.version_info >= (3, 11, 7):
                self.check_same("calls of __getitem__", 1000, calls["__getitem__"])


class Deep(harness.TestCase):
    """The frames engine steps aside before it uses up the C stack."""
    per_interpreter = True

    def test_recursion_deeper_than_the_stack(self):
        if self.python.version_info[:2] != (3, 11):
            self.skip("the frames engine is for 3.11")
        script = harness.write(harness.fresh_directory(), "deep.py", """
import sys, threading
def down(n):
    return n and 1 + down(n - 1)
sys.setrecursionlimit(200000)
print(down(100000))
def work(): print(down(50000))
threading.stack_size(512 * 1024)
thread = threading.Thread(target=work)
thread.start()
thread.join()
print(down(10))
""")
        plain = harness.run([self.python.path, script])
        done, stats = harness.profile(self.python, script, options=("--no-builtins", "--report", "-"))
        self.check_same("status", plain.status, done.status)
        self.check_same("output", plain.stdout, done.stdout[:len(plain.stdout)])
        self.assertRegex(done.stdout, r"2 calls came so deep in the C stack")
        calls = harness.calls_of(stats, "down")
        self.assertTrue(1000 < calls < 150000, calls)
        self.check_same("primitive calls", 3, harness.only_row(stats, "down")[0])

    def test_recursion_error(self):
        """A call beyond the recursion limit is none, in any engine."""
        script = harness.write(harness.fresh_directory(), "error.py", """
def down(): down()
try: down()
except RecursionError: print("caught")
""")
        counts = []
        for options in ([], ["--no-builtins"]):
            done, stats = harness.profile(self.python, script, options=options)
            self.check_same("output", "caught\n", done.stdout)
            counts.append(harness.calls_of(stats, "down"))
        self.check_same("calls", counts[0], counts[1])


class CpuClock(harness.TestCase):
    per_interpreter = True
    alone = True

    def test_sleeping_costs_nothing(self):
        script = harness.write(harness.fresh_directory(), "sleeps.py", """
import time
def work():
    end = time.process_time() + 0.1
    while time.process_time() < end: pass
def sleep():
    time.sleep(0.3)
work(); sleep()
""")
        for options in (["--clock", "cpu"], ["--clock", "cpu", "--raw-times"], ["--clock", "cpu", "--no-builtins"]):
            done, stats = harness.profile(self.python, script, options=options)
            self.check_same("status", 0, done.status)
            work, sleep = (harness.only_row(stats, name)[3] for name in ("work", "sleep"))
            self.assertLess(sleep, 0.02, "CPU time of sleeping, %s" % options)
            self.assertLess(work, 0.15, "CPU time of working, %s" % options)
            self.assertGreater(work, 0.01, "CPU time of working, %s" % options)

    def test_other_profiler(self):
        """What ends under the program's own hook ends when that came, by the same clock."""
        script = harness.write(harness.fresh_directory(), "displaces.py", """
import sys
def begin(): sys.setprofile(lambda *event: None)
def work(): begin(); return sum(range(1000))
def end(): sys.setprofile(None)
for _ in range(10): work(); end()
""")
        done, stats = harness.profile(self.python, script, options=(
            "--clock", "cpu", "--engine", "setprofile", "--raw-times"))
        self.check_same("status", 0, done.status)
        for label, row in stats.items():
            self.assertLessEqual(row[3], done.seconds, "CPU time of %s" % label[2])


if __name__ == "__main__":
    harness.main()
