"""The program's own profilers, tracers and debuggers work under pyperf as they do under python, and
pyperf records beside them, or pauses and says so.

SPDX-License-Identifier: MIT
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import packages  # noqa: E402

from side_by_side import QUIET, SideBySide  # noqa: E402


# Each text is a program that prints what its hooks saw. A text may say in its first line what it needs:
# "# at least: 3.12".

# What every program can use: calls of all kinds, and the counts of a profile without its times.
COMMON = """
import sys, threading
def leaf(n): return abs(n)
def raising():
    try: int('x')
    except ValueError: return 'caught'
def numbers(n):
    for i in range(n): yield leaf(i)
def work(): return sum(numbers(3)), [leaf(n) for n in range(2)], sorted([2, 1], key=leaf), raising()
def counts(profiler):
    profiler.create_stats()
    name = lambda label: (label[0].rpartition('/')[2], label[2].partition(' at 0x')[0])
    return sorted((name(label), row[:2], sorted((name(caller), edge[:2] if isinstance(edge, tuple) else edge)
                  for caller, edge in row[4].items())) for label, row in profiler.stats.items())
def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
seen = []
def hook(frame, event, arg):
    seen.append((event, frame.f_code.co_name, frame.f_lineno, getattr(arg, '__name__', None)))
def tracer(frame, event, arg):
    seen.append((event, frame.f_code.co_name, frame.f_lineno))
    return tracer
"""

PROGRAMS = {
    "cprofile": "import cProfile\np = cProfile.Profile()\np.enable()\nwork()\np.disable()\nwork()\nprint(counts(p))\n"
                "p.enable(); work(); p.disable()\nprint(counts(p))",
    "cprofile_context": "import cProfile\nwith cProfile.Profile() as p:\n    work()\nprint(counts(p))",
    "cprofile_no_builtins": "import cProfile\np = cProfile.Profile(builtins=False)\nprint(p.runcall(work))\nprint(counts(p))",
    "cprofile_in_thread": "import cProfile\np = cProfile.Profile()\ndef run():\n    p.enable()\n    work()\n    p.disable()\n"
                          "in_thread(run)\nprint([row for row in counts(p) if row[0][1] in ('work', 'leaf', 'numbers')])",
    "cprofile_left": "import cProfile\np = cProfile.Profile()\np.enable()\nwork()",
    "cprofile_raises": "import cProfile\np = cProfile.Profile()\ntry: p.runcall(int, 'x')\nexcept ValueError as e: print(e)\n"
                       "try: p.run('1 // 0')\nexcept ZeroDivisionError as e: print(e)\nprint(counts(p))",
    "cprofile_two": "import cProfile\np, q = cProfile.Profile(), cProfile.Profile()\np.enable()\n"
                    "try: q.enable()\nexcept ValueError as e: print(e)\nwork()\nq.disable(); p.disable()\nprint(counts(p))",
    "profile": "import profile\np = profile.Profile()\nprint(p.runcall(work))\nprint(counts(p))\np.run('work()')\nprint(counts(p))",
    "profile_calibrate": "import profile\nprint(type(profile.Profile().calibrate(100)))",
    "setprofile": "print(sys.getprofile())\nsys.setprofile(hook)\nwork()\nprint(sys.getprofile() is hook)\n"
                  "sys.setprofile(None)\nwork()\nprint(sys.getprofile())\nprint(seen)",
    "setprofile_replaced": "def other(f, e, a): seen.append('other ' + e)\nsys.setprofile(hook)\nwork()\nsys.setprofile(other)\n"
                           "work()\nsys.setprofile(None)\nprint(seen)",
    "setprofile_same_again": "sys.setprofile(hook)\nsys.setprofile(hook)\nleaf(1)\nsys.setprofile(None)\nsys.setprofile(None)\n"
                             "print(seen)",
    "setprofile_in_call": "def install(): sys.setprofile(hook)\ndef remove(): sys.setprofile(None)\ninstall()\nleaf(1)\nremove()\n"
                          "leaf(2)\nprint(seen)",
    "setprofile_by_builtin": "import functools\nfunctools.partial(sys.setprofile, hook)()\nleaf(1)\nsys.setprofile(None)\n"
                             "print(seen)\ndel seen[:]\n[hook].sort(key=sys.setprofile)\nleaf(1)\nsys.setprofile(None)\nprint(seen)",
    "setprofile_bad": "for bad in (1, 'x'):\n    sys.setprofile(bad)\n    try: leaf(1)\n    except TypeError as e: print(e)\n"
                      "    print(sys.getprofile())\ntry: sys.setprofile()\nexcept TypeError as e: print(e)",
    "setprofile_raises": "def bad(*a): raise ValueError('from the hook')\ntry:\n    sys.setprofile(bad)\n    leaf(1)\n"
                         "except ValueError as e: print(e)\nprint(sys.getprofile(), leaf(1))",
    "setprofile_beside_cprofile": "import cProfile\np = cProfile.Profile()\np.enable()\nsys.setprofile(hook)\nleaf(1)\n"
                                  "sys.setprofile(None)\np.disable()\nprint(seen)",
    "setprofile_in_generator": "def g():\n    sys.setprofile(hook)\n    yield leaf(1)\n    sys.setprofile(None)\n    yield 2\n"
                               "print(list(g()), seen)",
    "setprofile_in_coroutine": "import asyncio\nasync def inner():\n    await asyncio.sleep(0)\n    return leaf(1)\n"
                               "async def main():\n    sys.setprofile(hook)\n    r = await inner()\n    sys.setprofile(None)\n"
                               "    return r\nprint(asyncio.run(main()), [s for s in seen if s[1] in ('inner', 'leaf')])",
    "setprofile_audited": "events = []\nsys.addaudithook(lambda e, a: e.startswith('sys.set') and events.append(e))\n"
                          "sys.setprofile(hook); sys.setprofile(None); sys.settrace(None)\nimport cProfile\n"
                          "p = cProfile.Profile(); p.enable(); p.disable()\nprint(events)",
    "threading_setprofile": "threading.setprofile(hook)\nin_thread(work)\nthreading.setprofile(None)\nin_thread(work)\n"
                            "print([s for s in seen if s[1] in ('work', 'leaf', 'numbers', 'raising')], sys.getprofile())",
    "setprofile_in_thread": "def run():\n    print(sys.getprofile())\n    sys.setprofile(hook)\n    work()\n    sys.setprofile(None)\n"
                            "    work()\n    print(sys.getprofile())\nin_thread(run)\nprint(seen, sys.getprofile())",
    "setprofile_all_threads":
        "# at least: 3.12\nimport time\ngo, end = threading.Event(), threading.Event()\n"
        "def other():\n    go.set()\n    end.wait()\n    leaf(7)\n"
        "t = threading.Thread(target=other); t.start(); go.wait(); time.sleep(0.05)\nmain = threading.get_ident()\n"
        "def hook(f, e, a): (seen if threading.get_ident() == main else others).append((e, f.f_code.co_name, getattr(a, '__name__', 0)))\n"
        "others = []\nthreading.setprofile_all_threads(hook)\nleaf(1)\nend.set()\nt.join()\n"
        "threading.setprofile_all_threads(None)\nprint(seen)\nprint(others)",
    "settrace": "print(sys.gettrace())\nsys.settrace(tracer)\nwork()\nsys.settrace(None)\nwork()\nprint(sys.gettrace(), seen)",
    "settrace_opcodes": "def tracer(f, e, a):\n    f.f_trace_opcodes = True\n    seen.append((e, f.f_lineno, f.f_lasti))\n    return tracer\n"
                        "sys.settrace(tracer)\nwork()\nsys.settrace(None)\nprint(seen)",
    "settrace_jumps": "def tracer(f, e, a):\n    if e == 'line' and f.f_lineno == f.f_code.co_firstlineno + 1: f.f_lineno += 1\n"
                      "    return tracer\ndef f():\n    print('skipped')\n    print('not skipped')\nsys.settrace(tracer)\nf()\n"
                      "sys.settrace(None)",
    "settrace_raises": "def bad(f, e, a):\n    if e == 'line': raise ValueError('from the tracer')\n    return bad\n"
                       "sys.settrace(bad)\ntry: leaf(1)\nexcept ValueError as e: print(e)\nprint(sys.gettrace(), leaf(1))",
    "settrace_and_setprofile": "sys.settrace(tracer)\nsys.setprofile(hook)\nwork()\nsys.settrace(None)\nleaf(1)\n"
                               "sys.setprofile(None)\nprint(seen)",
    "threading_settrace": "threading.settrace(tracer)\nin_thread(work)\nthreading.settrace(None)\n"
                          "print([s for s in seen if s[1] in ('work', 'leaf', 'numbers', 'raising')])",
    "settrace_beside_cprofile_in_thread":
        "import cProfile\np = cProfile.Profile()\ndef run():\n    sys.settrace(tracer)\n    p.enable()\n    leaf(1)\n    p.disable()\n"
        "    leaf(2)\n    print(sys.gettrace() is tracer)\n    sys.settrace(None)\nin_thread(run)\nprint(seen)",
    "trace": "import trace\nt = trace.Trace(count=1, trace=0, countfuncs=0)\nprint(t.runfunc(work))\n"
             "print(sorted(n for (f, n), c in t.results().counts.items() if f == __file__))\n"
             "t = trace.Trace(count=0, trace=0, countcallers=1)\nt.runfunc(work)\n"
             "print(sorted((a[2], b[2]) for a, b in t.results().callers))",
    "bdb": "import bdb\nclass B(bdb.Bdb):\n    def user_line(self, f): seen.append((f.f_code.co_name, f.f_lineno)); self.set_step()\n"
           "b = B()\nb.runcall(work)\nprint(seen)",
    "monitoring":
        "# at least: 3.12\nm = sys.monitoring\nE = m.events\nm.use_tool_id(2, 'mine')\n"
        "for n in ('PY_START', 'PY_RETURN', 'PY_YIELD', 'PY_RESUME', 'PY_UNWIND', 'CALL', 'C_RETURN', 'C_RAISE', 'LINE', 'RAISE'):\n"
        "    m.register_callback(2, getattr(E, n), lambda code, *a, n=n: seen.append((n, code.co_name)))\n"
        "m.set_events(2, E.PY_START | E.PY_RETURN | E.PY_YIELD | E.PY_RESUME | E.PY_UNWIND | E.CALL | E.LINE | E.RAISE)\n"
        "work()\nm.set_events(2, 0)\nm.free_tool_id(2)\nwork()\nprint(seen)",
    "monitoring_disable":
        "# at least: 3.12\nm = sys.monitoring\nm.use_tool_id(m.COVERAGE_ID, 'mine')\n"
        "def line(code, number):\n    seen.append((code.co_name, number))\n    return m.DISABLE\n"
        "m.register_callback(1, m.events.LINE, line)\nm.set_events(1, m.events.LINE)\nwork(); work()\nm.restart_events()\nwork()\n"
        "m.set_events(1, 0)\nprint(seen)",
    "monitoring_local":
        "# at least: 3.12\nm = sys.monitoring\nm.use_tool_id(0, 'mine')\nm.register_callback(0, m.events.CALL, lambda *a: seen.append(a[0].co_name))\n"
        "m.set_local_events(0, leaf.__code__, m.events.CALL)\nwork()\nprint(seen, m.get_local_events(0, leaf.__code__), m.get_events(0))",
    "monitoring_ids":
        "# at least: 3.12\nm = sys.monitoring\nprint([m.get_tool(i) for i in range(6)])\n"
        "for i in (4, 3, 5, 0, 1, 2):\n"
        "    for f in (m.get_events, lambda i: m.set_events(i, 1), lambda i: m.set_local_events(i, leaf.__code__, 1)):\n"
        "        try: print(f(i))\n        except ValueError as e: print(e)\n"
        "    m.free_tool_id(i)\n    m.use_tool_id(i, 'mine %d' % i)\n"
        "    m.register_callback(i, m.events.PY_START, lambda code, *a, i=i: seen.append((i, code.co_name)))\n"
        "    m.set_events(i, m.events.PY_START)\n    leaf(i)\n"
        "print([m.get_tool(i) for i in range(6)], [m.get_events(i) for i in range(6)], seen)\n"
        "try: m.use_tool_id(4, 'again')\nexcept ValueError as e: print(e)\n"
        "for i in range(6):\n    m.set_events(i, 0)\n    m.free_tool_id(i)\nprint([m.get_tool(i) for i in range(6)])\nwork()",
    "monitoring_callbacks":
        "# at least: 3.12\nm = sys.monitoring\nf = lambda *a: None\n"
        "for i in (4, 3):\n    print(m.register_callback(i, m.events.PY_START, f) is None, m.register_callback(i, m.events.PY_START, None) is f)",
    "monitoring_raises":
        "# at least: 3.12\nm = sys.monitoring\nm.use_tool_id(2, 'mine')\ndef bad(code, *a):\n"
        "    if code.co_name == 'leaf': raise ValueError('from the callback')\n"
        "for n in ('PY_START', 'PY_RETURN', 'CALL'):\n    e = getattr(m.events, n)\n    m.register_callback(2, e, bad)\n"
        "    m.set_events(2, e)\n    try: print(leaf(1))\n    except ValueError as x: print(n, x)\n    m.set_events(2, 0)\nprint(work())",
}

OPTIONS = ([], ["--no-builtins"], ["--host", "embedded"])


def options_for(python):
    """The embedded host is looked at where its engine is another than elsewhere."""
    return OPTIONS if python.version_info[:2] == (3, 11) or python.version_info >= (3, 13) else OPTIONS[:2]


# From 3.12 on --engine setprofile is for cross-checking, and not for programs that use sys.monitoring.
NOT_BY_SETPROFILE = ("monitoring", "setprofile_all", "setprofile_audited", "setprofile_beside")

# CPython 3.13 does otherwise as soon as any second tool of sys.monitoring watches the starts of functions: it
# reports the line of a function that is written in one line, and `breakpoint()` stops a line later.
OTHERWISE_IN_3_13 = ("monitoring_disable", "breakpoint", "quit")


def does_otherwise(python, name):
    return python.version_info[:2] == (3, 13) and name in OTHERWISE_IN_3_13


class Programs(SideBySide):
    """Each of PROGRAMS gets a test_NAME; they are added below."""
    per_interpreter = True

    def check(self, name, text):
        if text.startswith("# at least: 3."):
            if self.python.version_info < (3, int(text.splitlines()[0].rpartition(".")[2])):
                self.skip("needs a newer Python")
        path = harness.write(harness.fresh_directory(), name + ".py", COMMON + text + "\nprint('end')\n")
        choices = list(options_for(self.python))
        if self.python.version_info >= (3, 12) and not name.startswith(NOT_BY_SETPROFILE):
            choices.append(["--engine", "setprofile"])
        plain = harness.run([self.python.path, path])
        for options in choices:
            with self.subTest(" ".join(options)):
                ours = harness.pyperf_run(self.python, path, options=QUIET + options)
                if does_otherwise(self.python, name):
                    self.assertNotEqual(plain.stdout, ours.stdout, "no exception any more")
                else:
                    self.compare(plain, ours)


def add_program(name, text):
    setattr(Programs, "test_" + name, lambda self: self.check(name, text))


for name, text in PROGRAMS.items():
    add_program(name, text)


DISPLACED = r"(?m)^   A profiler of the program's own took the place of this one (.*)\.$"


class Recording(harness.TestCase):
    """What our profile and report have of a program with a hook of its own."""
    per_interpreter = True
    SCRIPT = """import cProfile, profile, sys, threading, time
def before(): abs(1)
def under(): time.sleep(0.2); abs(1)
def after(): abs(1)
def hook(*a): pass
def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
before()
%s
for _ in range(7): after()
"""

    def record(self, lines, *options):
        script = harness.write(harness.fresh_directory(), "own.py", self.SCRIPT % "\n".join(lines))
        done, stats = harness.profile(self.python, script, options=["-q", "--report", "-", *options])
        self.check_same("status and stderr\n%s" % done, (0, ""), (done.status, done.stderr))
        found = re.findall(DISPLACED, done.stdout)
        self.assertLessEqual(len(found), 1, done.stdout)
        # What began under the other hook may return under ours, such as Profile.__exit__.
        self.assertNotRegex(done.stdout, r"[2-9] returns? had no call on record|ended calls that")
        return stats, found[0] if found else None, script

    def check(self, lines, times=1, at=11, seconds=0.2, calls=(1, 7), pauses=None, options=(), under=1):
        """`at`: the line; `pauses`: does recording, here?"""
        if pauses is None:
            pauses = self.python.version_info < (3, 12)
        stats, line, script = self.record(lines, *options)
        self.check_same("calls before and after", calls,
                        tuple(harness.calls_of(stats, name, "own.py") for name in ("before", "after")))
        for label, row in stats.items():
            if label[2] == "after":
                self.check_same("callers of after", {"<module>"}, {caller[2] for caller in row[4]})
        if not pauses:
            self.check_same("line of the report", None, line)
            self.check_same("calls under it", under, harness.calls_of(stats, "under", "own.py"))
            return
        self.check_same("calls under it", 0, harness.calls_of(stats, "under", "own.py"))
        self.assertIsNotNone(line, "the report does not say it")
        found = re.match(r"(\d+) times?,(?: first)?(?: at (.*):(\d+)| before the program began), for (\d+\.\d+) s", line)
        self.assertTrue(found, line)
        self.check_same("times and place", (times, script if at else None, at),
                        (int(found.group(1)), found.group(2), int(found.group(3) or 0) or None))
        self.assertGreaterEqual(float(found.group(4)), seconds)
        self.assertLess(float(found.group(4)), seconds + 0.5)

    def test_cprofile(self):
        self.check(["p = cProfile.Profile()", "p.enable()", "under()", "p.disable()"], at=12)

    def test_cprofile_twice(self):
        self.check(["p = cProfile.Profile()", "for _ in range(2):", "    p.enable()", "    under()", "    p.disable()",
                    "    before()"], times=2, at=13, seconds=0.4, calls=(3, 7), under=2)

    def test_cprofile_run(self):
        self.check(["cProfile.run('under()', '/dev/null')"])

    def test_cprofile_context(self):
        self.check(["with cProfile.Profile():", "    under()"])

    def test_cprofile_in_thread(self):
        """Where only the main thread runs pending calls."""
        self.check(["def run():", "    before()", "    p = cProfile.Profile()", "    p.enable()", "    under()",
                    "    p.disable()", "    before()", "    before()", "in_thread(run)"], calls=(4, 7), at=14)

    def test_profile(self):
        self.check(["profile.run('under()', '/dev/null')"], pauses=self.displaces())

    def displaces(self):
        """A profile function takes our place, not one of sys.monitoring's."""
        return self.python.version_info < (3, 12)

    def test_setprofile(self):
        self.check(["sys.setprofile(hook)", "under()", "sys.setprofile(None)"])

    def test_setprofile_engine(self):
        self.check(["sys.setprofile(hook)", "under()", "sys.setprofile(None)"], options=["--engine", "setprofile"],
                   pauses=True)

    def test_setprofile_replaced(self):
        self.check(["sys.setprofile(hook)", "under()", "sys.setprofile(lambda *a: None)", "sys.setprofile(None)"])

    def test_setprofile_in_threads(self):
        self.check(["def run():", "    sys.setprofile(hook)", "    under()", "    sys.setprofile(None)", "    before()",
                    "for _ in range(2): in_thread(run)"], times=2, at=12, seconds=0.4, calls=(3, 7), under=2)

    def test_threading_setprofile(self):
        stats, line, script = self.record(["threading.setprofile(hook)", "in_thread(under)", "threading.setprofile(None)",
                                           "in_thread(before)"])
        self.check_same("calls before and after", (2, 7), tuple(
            harness.calls_of(stats, name, "own.py") for name in ("before", "after")))
        if self.displaces():
            self.assertRegex(line, r"^1 time, at .*threading\.py:\d+, for 0\.[2-6]\d\d s; calls")

    def test_left_to_the_end(self):
        """Until the end of the program, however that comes."""
        for end in ("", "import os; os._exit(0)"):
            script = harness.write(harness.fresh_directory(), "own.py",
                                   "import sys, time\nsys.setprofile(lambda *a: None)\ntime.sleep(0.2)\n%s\n" % end)
            done, stats = harness.profile(self.python, script, options=["--report", "-"])
            found = re.findall(DISPLACED, done.stdout)
            if self.displaces():
                self.assertRegex(found[0], r"^1 time, at .*own\.py:2, for 0\.[2-6]\d\d s; calls")
            else:
                self.check_same("line of the report", [], found)

    def test_before_the_program(self):
        folder = harness.fresh_directory()
        harness.write(folder, "sitecustomize.py", "import sys\nsys.setprofile(lambda *a: None)\n")
        script = harness.write(folder, "own.py", "import sys, time\ntime.sleep(0.2)\nsys.setprofile(None)\n"
                                                 "def after(): pass\nafter()\n")
        done, stats = harness.profile(self.python, script, options=["--report", "-"],
                                      env=harness.environment(PYTHONPATH=folder))
        self.check_same("calls after", 1, harness.calls_of(stats, "after", "own.py"))
        found = re.findall(DISPLACED, done.stdout)
        if self.displaces():
            self.assertRegex(found[0], r"^1 time, before the program began, for 0\.[2-6]\d\d s; calls")

    def test_frames(self):
        """PEP 523's hook is another place than a profile function's."""
        if self.python.version_info[:2] != (3, 11):
            self.skip("--engine frames is for 3.11")
        self.check(["sys.setprofile(hook)", "under()", "sys.setprofile(None)"], pauses=False,
                   options=["--engine", "frames", "--no-builtins"])
        self.check(["p = cProfile.Profile()", "p.enable()", "under()", "p.disable()"], pauses=False,
                   options=["--no-builtins"])

    def test_tracing(self):
        """A trace function displaces nothing."""
        self.check(["def tracer(*a): return tracer", "sys.settrace(tracer)", "under()", "sys.settrace(None)"], pauses=False)

    def test_tool_ids(self):
        """A program that wants our id gets it; recording goes on with another."""
        if self.python.version_info < (3, 12):
            self.skip("no sys.monitoring")
        lines = ["for i in (4, 3, 5):", "    sys.monitoring.use_tool_id(i, 'mine')", "    before()", "under()"]
        self.check(lines, calls=(4, 7))
        lines = ["for i in range(6):", "    sys.monitoring.use_tool_id(i, 'mine')", "under()",
                 "sys.monitoring.free_tool_id(1)"]
        self.check(lines, pauses=True, at=12)


class Debugger(SideBySide):
    """pdb, with its commands from standard input."""
    per_interpreter = True
    SCRIPT = ("def f(n):\n    m = n + 1\n    return g(m)\ndef g(n):\n    return abs(n) // n\n\n"
              "%s\nprint(f(1))\ntry:\n    print(f(-1))\nexcept ZeroDivisionError as e:\n    print(e)\n")
    COMMANDS = ("b g\nc\nw\np n\nup\nl\ndown\ns\nn\nr\nn\na\ntbreak f\nc\nj 3\np n\ncl 1\nc\n")

    def check(self, name, operands, text, commands):
        script = harness.write(harness.fresh_directory(), "own.py", text)
        for options in options_for(self.python):
            with self.subTest(" ".join(options)):
                plain, ours = (harness.run(command, input=commands) for command in self.commands(
                    [*operands, script], options=QUIET + options))
                self.assertIn("(Pdb)", ours.stdout)
                if does_otherwise(self.python, name):
                    self.assertNotEqual(plain.stdout, ours.stdout, "no exception any more")
                else:
                    self.compare(plain, ours)

    def test_module(self):
        self.check("module", ["-m", "pdb"], self.SCRIPT % "", self.COMMANDS + "q\n")

    def test_breakpoint(self):
        self.check("breakpoint", [], self.SCRIPT % "breakpoint()", self.COMMANDS)

    def test_post_mortem(self):
        self.check("post_mortem", ["-m", "pdb"], "def f(n): return 1 // n\nf(0)\n", "c\np n\nw\nq\n")

    def test_quit(self):
        self.check("quit", [], self.SCRIPT % "import pdb; pdb.set_trace()", "n\nq\n")


class Coverage(SideBySide):
    """coverage, from a virtual environment of the test's."""
    per_interpreter = True
    SCRIPT = ("import threading\ndef f(n):\n    if n > 2:\n        return 'more'\n    return 'less'\n"
              "def unused():\n    pass\nt = threading.Thread(target=f, args=(1,))\nt.start()\nt.join()\n"
              "print([f(n) for n in range(2)])\n")

    def environment(self):
        made = packages.environment_of(self.python)
        why_not = made.install("coverage", ["coverage"])
        if why_not:
            self.skip("coverage: " + why_not)
        return made.python

    def check(self, core):
        python = self.environment()
        folder = harness.fresh_directory()
        harness.write(folder, "own.py", self.SCRIPT)
        env = harness.environment(COVERAGE_CORE=core, COVERAGE_FILE=os.path.join(folder, "data"))
        for options in options_for(self.python):
            with self.subTest(" ".join(options)):
                reports = []
                for command in self.commands(["-m", "coverage", "run", "--branch", "own.py"], python=python,
                                             options=QUIET + options):
                    done = harness.run(command, env=env, cwd=folder)
                    self.check_same("status\n%s" % done, 0, done.status)
                    reports.append((done.stdout, done.stderr, harness.run(
                        [python, "-m", "coverage", "report", "-m"], env=env, cwd=folder).stdout))
                self.check_same("what coverage found", *reports)
                self.assertIn("own.py", reports[0][2])

    def test_in_c(self):
        self.check("ctrace")

    def test_in_python(self):
        self.check("pytrace")

    def test_monitoring(self):
        if self.python.version_info < (3, 12):
            self.skip("no sys.monitoring")
        self.check("sysmon")


if __name__ == "__main__":
    harness.main()
