"""What the tests in tests/python share: finding pyperf and its interpreters, running, judging.

A test file ends with `harness.main()`. A unittest.TestCase with `per_interpreter = True` is run
once for every interpreter that pyperf has a host for; `self.python` is that interpreter. Tests
run a few at a time in threads, except those of a class with `alone = True`, which measure time.

usage of every test file: test_NAME.py [--pyperf PATH] [--only-python REGEX] [--host HOST] [-k TEXT] [-j N] [-v]
PATH is also taken from the variable PYPERF; the default is build/bin/pyperf in the checkout.
HOST, "agent" or "embedded", is for the tests that do not say themselves how they are recorded.

SPDX-License-Identifier: MIT
"""
import argparse
import atexit
import concurrent.futures
import functools
import json
import marshal
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SUPPORT = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(SUPPORT)
PROGRAMS = os.path.join(TESTS, "programs")
CHECKOUT = os.path.dirname(TESTS)

_options = argparse.Namespace(pyperf=None, only_python=None, host=None)


def choose(**options):
    """Sets what the options --pyperf and --only-python set, for programs with others."""
    vars(_options).update(options)


class Interpreter:
    """A Python that pyperf has a host for, as the host describes itself."""

    def __init__(self, host, identity):
        self.host = host
        fields = identity.rstrip("\n").split("\t")
        if len(fields) < 5:
            raise SystemExit("%s --identity printed %r, not five fields" % (host, identity))
        self.version, self.base_prefix, self.path, self.engine, self.linkage = fields[:5]
        self.version_info = tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])

    @property
    def tag(self):
        return "%s in %s" % (self.version, self.base_prefix)

    def check(self):
        """Stops the tests where the interpreter is not the one that the host was built for."""
        code = "import sys; print(sys.version.split()[0], sys.base_prefix)"
        done = run([self.path, "-c", code])
        if done.stdout != "%s %s\n" % (self.version, self.base_prefix):
            raise SystemExit("%s is not Python %s of %s; it says %r" % (
                self.path, self.version, self.base_prefix, done.stdout + done.stderr))

    def has(self, *modules):
        """None if the modules can be imported (with real_packages()), else why not."""
        return _import_failure(self.path, modules)


@functools.lru_cache(maxsize=None)
def _import_failure(path, modules):
    done = run([path, "-c", "import " + ", ".join(modules)],
               env=environment(PYTHONPATH=real_packages()))
    return None if done.status == 0 else done.stderr.strip().splitlines()[-1]


def pyperf():
    path = (_options.pyperf or os.environ.get("PYPERF")
            or os.path.join(CHECKOUT, "build", "bin", "pyperf"))
    return os.path.abspath(path)


@functools.lru_cache(maxsize=None)
def has_agents():
    """Builds with sanitizers have none."""
    return os.path.exists(os.path.join(os.path.dirname(pyperf()),
                                       "../libexec/pyperf/pyperf-preload.so"))


@functools.lru_cache(maxsize=None)
def interpreters():
    """Every interpreter with a host beside this pyperf. Stops the tests when there is none."""
    folder = os.path.join(os.path.dirname(pyperf()), "..", "libexec", "pyperf")
    if not os.access(pyperf(), os.X_OK):
        raise SystemExit("no program at %s: build it, or say --pyperf PATH" % pyperf())
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    found = []
    for name in names:
        if not name.startswith("pyperf-python3"):
            continue
        host = os.path.join(folder, name)
        done = subprocess.run([host, "--identity"], stdout=subprocess.PIPE,
                              universal_newlines=True, env=environment())
        if done.returncode != 0:
            raise SystemExit("%s --identity ended with %d" % (host, done.returncode))
        found.append(Interpreter(host, done.stdout))
    if not found:
        raise SystemExit("no host pyperf-python3* in %s" % folder)
    return sorted(found, key=lambda python: (python.version_info, python.base_prefix))


def chosen_interpreters():
    wanted = _options.only_python
    chosen = [python for python in interpreters() if not wanted or re.search(wanted, python.tag)]
    if not chosen:
        raise SystemExit("no interpreter matches %r" % wanted)
    for python in chosen:
        python.check()
    return chosen


# Running.


class Finished:
    """How a process ended. `status` is negative for a signal, as in subprocess."""

    def __init__(self, command, status, stdout, stderr, seconds):
        self.command, self.status = command, status
        self.stdout, self.stderr, self.seconds = stdout, stderr, seconds

    def __str__(self):
        return "%s\n  status %d\n  stdout %s\n  stderr %s" % (
            " ".join(map(str, self.command)), self.status,
            self.stdout[-3000:], self.stderr[-3000:])


def locked(function):
    """lru_cache for what must happen once, however many threads ask for it."""
    cached, lock = functools.lru_cache(maxsize=None)(function), threading.RLock()

    @functools.wraps(function)
    def wrapper(*arguments, **named):
        with lock:
            return cached(*arguments, **named)
    return wrapper


@locked
def scratch():
    """A directory for this run of the tests, removed at its end."""
    path = tempfile.mkdtemp(prefix="pyperf-tests-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


_numbers = iter(range(10 ** 9))
_numbers_lock = threading.Lock()


def fresh_directory():
    with _numbers_lock:
        number = next(_numbers)
    path = os.path.join(scratch(), "%04d" % number)
    os.mkdir(path)
    return path


@locked
def temporary():
    """A directory for temporary files: in everybody's there may be recordings that others left,
    which `pyperf run` names."""
    path = os.path.join(scratch(), "tmp")
    os.mkdir(path)
    return path


# Python leaks by design, and handlers of the sanitizer's own would be seen by the programs.
SANITIZER_OPTIONS = ("detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:"
                     "handle_abort=0:use_sigaltstack=0:detect_stack_use_after_return=0")


@functools.lru_cache(maxsize=None)
def sanitized():
    """Was this pyperf built with AddressSanitizer?"""
    with open(pyperf(), "rb") as file:
        return b"__asan_init" in file.read()


def environment(**changes):
    """The environment of programs under test: nothing of the caller's Python, fixed hashes."""
    values = {name: value for name, value in os.environ.items()
              if not name.startswith(("PYTHON", "PYPERF", "VIRTUAL_ENV", "COV_"))}
    values.update(PYTHONHASHSEED="0", LC_ALL="C.UTF-8",
                  PYTHONPYCACHEPREFIX=os.path.join(scratch(), "pycache"), TMPDIR=temporary())
    if sanitized():
        values["ASAN_OPTIONS"] = SANITIZER_OPTIONS
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}


def run(command, env=None, cwd=None, input="", timeout=120, text=True, **more):
    """Runs to the end, in a session of its own; past the time-out the whole group is killed."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [os.fspath(word) for word in command], env=environment() if env is None else env,
        cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, **more)
    try:
        out, err = process.communicate(input.encode(), timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError("not done after %d s: %s\n%s\n%s" % (
            timeout, " ".join(map(str, command)), out.decode(errors="replace")[-2000:],
            err.decode(errors="replace")[-2000:]))
    seconds = time.perf_counter() - started
    if text:
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (out, err))
    return Finished(command, process.returncode, out, err, seconds)


def pyperf_run(python, *operands, options=(), **more):
    """`pyperf run` under an interpreter; operands are the program and its arguments."""
    host = ["--host", _options.host] if _options.host else []
    return run([pyperf(), "run", "--python", python.path, *host, *options, *operands], **more)


def limits(shell):
    """A wrapper that sets limits in the way of a shell, then runs what follows."""
    return ["sh", "-c", shell + '; exec "$@"', "sh"]


def _maps_a_recording(pid):
    """The witness of a pyperf does not, nor does an interpreter that is asked who it is."""
    with open("/proc/%s/maps" % pid, encoding="latin-1") as file:
        return re.search(r"/recording\b", file.read()) is not None


def program_of(pid, patience=0):
    """The process id of the program that a pyperf runs, waiting so many seconds for it."""
    end = time.monotonic() + patience
    while True:
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % name) as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
                recorded = parent == pid and _maps_a_recording(name)
            except OSError:
                continue
            if recorded:
                return int(name)
        if time.monotonic() >= end:
            raise AssertionError("no recorder runs below process %d" % pid)
        time.sleep(0.001)


def profile(python, *operands, options=(), **more):
    """Runs, and returns how it ended and the profile as pstats' dictionary."""
    output = os.path.join(fresh_directory(), "out.prof")
    done = pyperf_run(python, *operands, options=("-o", output, *options), **more)
    return done, load_pstats(output, done)


def load_pstats(path, done=None):
    if not os.path.exists(path):
        raise AssertionError("no profile was written:\n%s" % done)
    with open(path, "rb") as file:
        return marshal.load(file)


SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
REAL_PACKAGES = ("pygments", "docutils", "roman", "roman.py")


@locked
def real_packages():
    """A directory with Debian's Pygments and docutils and nothing else, for interpreters that
    have none of their own."""
    path = os.path.join(scratch(), "packages")
    os.mkdir(path)
    for name in REAL_PACKAGES:
        if os.path.exists(os.path.join(SYSTEM_PACKAGES, name)):
            os.symlink(os.path.join(SYSTEM_PACKAGES, name), os.path.join(path, name))
    return path


def write(directory, name, text):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def compiler():
    """A C compiler, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


# Looking at profiles in pstats' form.


def root_label(stats):
    roots = [label for label in stats if label[:2] == ("~", 0) and label[2].startswith("<program ")]
    if len(roots) != 1:
        raise AssertionError("%d rows named <program …>: %r" % (len(roots), roots))
    return roots[0]


def calls_of(stats, name, file=None):
    """All calls of the functions of this name (and in a file that ends so), added up."""
    return sum(row[1] for label, row in stats.items()
               if label[2] == name and (file is None or label[0].endswith(file)))


def rows_of(stats, name, file=None):
    return {label: row for label, row in stats.items()
            if label[2] == name and (file is None or label[0].endswith(file))}


def only_row(stats, name, file=None):
    rows = rows_of(stats, name, file)
    if len(rows) != 1:
        raise AssertionError("%d rows for %s: %r" % (len(rows), name, sorted(rows)))
    return next(iter(rows.values()))


def callees_of_root(stats):
    root = root_label(stats)
    return {label: row[4][root][0] for label, row in stats.items() if root in row[4]}


# The runner.


class TestCase(unittest.TestCase):
    per_interpreter = False
    alone = False
    maxDiff = None
    python = None

    @classmethod
    def wants(cls, python):
        """Is a per_interpreter class run for this interpreter?"""
        return True

    def skip(self, why):
        raise unittest.SkipTest(why)

    def check_same(self, what, expected, got):
        """Like assertEqual, and names what is compared."""
        if expected != got:
            self.fail("%s differs\n  expected %s\n  got      %s" % (what, expected, got))


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.subtests_skipped = []


def _classes(module):
    for item in list(vars(module).values()):
        if isinstance(item, type) and issubclass(item, TestCase) and item.__module__ == module.__name__:
            if not item.per_interpreter:
                yield item, item.__name__
                continue
            for python in filter(item.wants, chosen_interpreters()):
                yield type(item.__name__, (item,), {"python": python}), "%s [%s]" % (
                    item.__name__, python.tag)


def _run_one(test, name):
    result = _Result()
    started = time.perf_counter()
    test.run(result)
    seconds = time.perf_counter() - started
    lines = ["%s: skipped: %s" % (name, why) for _, why in result.skipped]
    problems = result.failures + result.errors
    for case, trace in problems:
        subtest = getattr(case, "_message", None) or getattr(case, "params", None)
        lines.append("%s: FAILED%s\n%s" % (
            name, " (%s)" % dict(case.params) if subtest else "", trace.rstrip()))
    if not lines:
        lines = ["%s: ok (%.1f s)" % (name, seconds)]
    return lines, bool(problems), bool(result.skipped)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pyperf")
    parser.add_argument("--only-python", help='interpreters whose "VERSION in PREFIX" matches')
    parser.add_argument("--host", choices=("agent", "embedded"))
    parser.add_argument("-k", dest="pattern", default="", help="tests whose name has this in it")
    parser.add_argument("-j", dest="jobs", type=int, default=(os.cpu_count() or 1) + 2,
                        help="tests at a time; many of them mostly wait")
    parser.add_argument("-v", dest="verbose", action="store_true", help="name what passed, too")
    parser.parse_args(namespace=_options)
    module = sys.modules["__main__"]
    together, one_by_one = [], []
    for cls, name in _classes(module):
        for method in unittest.TestLoader().getTestCaseNames(cls):
            full_name = "%s.%s" % (name, method)
            if _options.pattern in full_name:
                (one_by_one if cls.alone else together).append((cls(method), full_name))
    totals = {"run": 0, "failed": 0, "skipped": 0}
    started = time.perf_counter()

    def report(outcome):
        lines, failed, skipped = outcome
        totals["run"] += 1
        totals["failed"] += failed
        totals["skipped"] += skipped
        for line in lines:
            if _options.verbose or failed or skipped:
                print(line.encode("utf-8", "backslashreplace").decode(), flush=True)  # names may be no text

    with concurrent.futures.ThreadPoolExecutor(max(1, _options.jobs)) as pool:
        for future in concurrent.futures.as_completed(
                [pool.submit(_run_one, *item) for item in together]):
            report(future.result())
    for item in one_by_one:
        report(_run_one(*item))
    print("%s: %d tests, %d failed, %d skipped in %.0f s" % (
        os.path.basename(module.__file__), totals["run"], totals["failed"], totals["skipped"],
        time.perf_counter() - started))
    if totals["run"] == 0:
        raise SystemExit("no test matches")
    raise SystemExit(1 if totals["failed"] else 0)


def from_json(text, done=None):
    try:
        return json.loads(text)
    except ValueError:
        raise AssertionError("not JSON: %r\n%s" % (text[:500], done))
