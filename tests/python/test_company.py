"""What was in the interpreter before the program, put there by sitecustomize, goes on as it does
without pyperf: hooks, tools, threads and exceptions. And measuring what recording costs, which
happens between the two, neither shows to them nor depends on them.

SPDX-License-Identifier: MIT
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import trees  # noqa: E402

MEASURED = "Recording took"  # in the report, where the costs are known


class After(harness.TestCase):
    """Runs programs after a sitecustomize."""

    def surroundings(self, sitecustomize):
        place = harness.fresh_directory()
        harness.write(place, "sitecustomize.py", sitecustomize)
        return harness.environment(PYTHONPATH=place)

    def run_after(self, sitecustomize, program, options=()):
        """On a busy machine the measurements can be too far apart to be of use: then once more."""
        for _ in range(3):
            done = harness.pyperf_run(self.python, "-c", program,
                                      options=("--report", "-", *options),
                                      env=self.surroundings(sitecustomize))
            if MEASURED in done.stdout:
                break
        return done

    def first_line(self, done):
        return done.stdout.partition("\n")[0]


class Company(After):
    per_interpreter = True

    def test_audit_hook(self):
        done = self.run_after("""
import sys
compiled = []
def hook(event, arguments):
    if event == "compile": compiled.append(arguments[1])
sys.addaudithook(hook)
""", "import sitecustomize; print('<pyperf>' in sitecustomize.compiled, len(sitecustomize.compiled) > 0)")
        self.check_same("what the hook saw", "False True", self.first_line(done))
        self.assertIn(MEASURED, done.stdout)

    def test_replaced_builtins(self):
        done = self.run_after("""
import builtins
calls = 0
original = builtins.callable, builtins.__build_class__
def callable(thing):
    global calls
    calls += 1
    return original[0](thing)
def build_class(*arguments, **keywords):
    global calls
    calls += 1
    return original[1](*arguments, **keywords)
builtins.callable, builtins.__build_class__ = callable, build_class
""", "import sitecustomize; print(sitecustomize.calls)")
        self.check_same("calls", "0", self.first_line(done))
        self.assertIn(MEASURED, done.stdout)

    def test_monitoring_tool(self):
        if self.python.version_info < (3, 12):
            self.skip("sys.monitoring came with 3.12")
        done = self.run_after("""
import sys
seen = set()
sys.monitoring.use_tool_id(1, "other")
sys.monitoring.register_callback(1, sys.monitoring.events.PY_START, lambda code, offset: seen.add(code.co_filename))
sys.monitoring.set_events(1, sys.monitoring.events.PY_START)
""", "import sitecustomize; print('<pyperf>' in sitecustomize.seen, '<string>' in sitecustomize.seen)")
        self.check_same("what the tool saw", "False True", self.first_line(done))
        self.assertNotIn(MEASURED, done.stdout)

    def test_no_class_stays(self):
        program = ("import gc\nprint([c for c in object.__subclasses__() if c.__module__ == 'pyperf'],"
                   "[f for f in gc.get_objects() if getattr(getattr(f, '__code__', None), 'co_filename', 0) == '<pyperf>'])")
        done = self.run_after("", program)
        # The builtin `profile` is there on purpose, for source that is decorated for kernprof.
        self.check_same("what stays", "[<class 'pyperf.profile'>] []", self.first_line(done))
        self.assertIn(MEASURED, done.stdout)

    def test_exception_from_another_thread(self):
        """It meets the main thread while costs are measured; the program gets it."""
        if self.python.has("ctypes"):
            self.skip(self.python.has("ctypes"))
        done = self.run_after("""
import ctypes, sys, threading
class Sent(Exception): pass
main = threading.get_ident()
def watch():
    while True:
        frame = sys._current_frames().get(main)
        if frame and frame.f_code.co_filename == "<pyperf>":
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(Sent))
            return
sys.setswitchinterval(1e-6)
threading.Thread(target=watch, daemon=True).start()
""", "import time\nend = time.time() + 0.2\nwhile time.time() < end: pass\nprint('unseen')")
        self.assertRegex(done.stderr, r"(?m)^(sitecustomize\.)?Sent$")
        self.assertNotIn('"<pyperf>"', done.stderr)
        self.check_same("status", 1, done.status)

    def test_main_thread_comes_first(self):
        script = harness.write(harness.fresh_directory(), "program.py", "import time\ntime.sleep(0.05)\n")
        env = self.surroundings("""
import sys, threading
def one(): pass
def work():
    while True: one()
sys.setswitchinterval(1e-5)
threading.Thread(target=work, daemon=True).start()
""")
        session, done = trees.record(self.python, [script], env=env)
        self.check_same("status", 0, done.status)
        nodes = trees.read(session)
        roots = [number for number, node in enumerate(nodes) if node.kind == "root"]
        main, = [node.parent for node in nodes if node.file == script and node.name == "<module>"]
        self.assertGreater(len(roots), 1, "the other thread was seen")
        self.check_same("the first thread's root", main, roots[0])


class Evaluator(After):
    """Somebody else evaluates frames (PEP 523)."""
    per_interpreter = True

    def test_frames(self):
        library = os.path.join(os.path.dirname(harness.pyperf()), "..", "tests", "unit", "libevaluator.so")
        if self.python.version_info[:2] != (3, 11):
            self.skip("the frames engine is for 3.11")
        done = self.run_after("""
import ctypes
evaluator = ctypes.PyDLL(%r)
evaluator.evaluator_install()
""" % os.path.abspath(library), """
import os, sys, sitecustomize
count = sitecustomize.evaluator.evaluator_count
def nothing(): pass
def evaluated():
    before = count()
    for _ in range(10): nothing()
    return count() - before
def down(n): return n and 1 + down(n - 1)
sys.setrecursionlimit(200000)
print(evaluated(), end=" ", flush=True)
down(9000)
print(evaluated(), end=" ", flush=True)
if os.fork() == 0:
    print(evaluated(), end=" ", flush=True)
    print(evaluated(), flush=True)
    os._exit(0)
os.wait()
""", options=("--no-builtins", "--engine", "frames"))
        self.check_same("frames that the other one saw", "10 10 10 10", self.first_line(done))
        self.assertIn("came so deep in the C stack", done.stdout)


if __name__ == "__main__":
    harness.main()
