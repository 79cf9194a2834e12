"""CPython's own tests end under pyperf as they do under python: as many are run, fail and are
skipped, and the same ones fail.

A module is run as `python -m unittest -q test.NAME`, under python and under each host. Where the
installation has no test package (Debian's is in libpython3.X-testsuite), its tests are skipped. The suite
runs QUICK under 3.11 and the newest Python; all modules under all Pythons take most of an hour:

    python3 tests/python/test_stdlib.py --all -j 1

SPDX-License-Identifier: MIT
"""
import collections
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

QUICK = ("test_generators", "test_coroutines", "test_asyncgen", "test_sys_setprofile", "test_sys_settrace",
         "test_cprofile", "test_profile", "test_monitoring", "test_frame", "test_fork1")
SLOW = ("test_exceptions", "test_traceback", "test_threading", "test_signal", "test_weakref", "test_subprocess", "test_cmd_line",
        "test_inspect")
HOSTS = ("agent", "embedded")


class Excepted:
    """Tests that pass under python and not under pyperf, and why that cannot be helped. `names` are
    module.Class.method; `versions` the first and the one after the last."""

    def __init__(self, names, why, versions=((3, 8), (4, 0)), hosts=HOSTS):
        self.names, self.why, self.versions, self.hosts = set(names), why, versions, hosts

    def holds(self, python, host):
        return self.versions[0] <= python.version_info < self.versions[1] and host in self.hosts


EXCEPTIONS = [
    Excepted(["test_frame.TestIncompleteFrameAreInvisible.test_sneaky_frame_object"],
             "a profile hook makes a frame object for each call, and the test expects that there is none yet",
             versions=((3, 11), (3, 12))),
    Excepted(["test_monitoring.ExceptionMonitoringTest.test_no_unwind_for_shim_frame"],
             "it looks for a specialised call instruction; calls that are watched are not specialised",
             versions=((3, 13), (3, 14))),
]


class Outcome:
    """What unittest says of a run."""

    def __init__(self, done):
        self.done = done
        self.status = done.status
        last = re.findall(r"(?m)^Ran (\d+) tests? in .*\n\n(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", done.stderr)
        self.ran = int(last[-1][0]) if last else None
        counts = dict(re.findall(r"([a-z ]+)=(\d+)", last[-1][1])) if last else {}
        self.counts = {name.strip(): int(count) for name, count in counts.items()}
        self.failed = collections.Counter(
            re.sub(r"0x[0-9a-f]+", "0x", line)
            for line in re.findall(r"(?m)^(?:FAIL|ERROR|UNEXPECTED SUCCESS): .*$", done.stderr))

    def summary(self):
        return self.status, self.ran, self.counts, self.failed

    def __str__(self):
        return "status %s, %s run, %s" % (self.status, self.ran, ", ".join(
            "%d %s" % (count, name) for name, count in sorted(self.counts.items())) or "all passed")


def short_name(line):
    """"FAIL: test_x (test.test_y.C.test_x) [sub]" → "C.test_x"; before 3.11 the method is not in parentheses."""
    found = re.match(r"[A-Z ]+: (\w+) \(([\w.]+)\)", line)
    if not found:
        return line
    method, path = found.groups()
    parts = [part for part in path.split(".") if part != method]
    return "%s.%s" % (parts[-1], method)


def environment():
    """That of the programs under test, without what some of these tests set themselves."""
    return harness.environment(PYTHONHASHSEED=None, PYTHONPYCACHEPREFIX=None)


_plain = {}
_lock = threading.Lock()


class Modules(harness.TestCase):
    """Each module gets a test_NAME; they are added below."""
    per_interpreter = True

    @classmethod
    def wants(cls, python):
        newest = max(each.version_info for each in harness.interpreters())
        return all_modules() or python.version_info == newest or python.version_info[:2] == (3, 11)

    def under(self, words, module):
        return Outcome(harness.run([*words, "-m", "unittest", "-q", "test." + module], env=environment(),
                                   cwd=harness.fresh_directory(), timeout=300))

    def under_python(self, module, again=False):
        key = self.python.tag, module
        with _lock:
            known = _plain.setdefault(key, [])
        if again or not known:
            try:
                known.append(self.under([self.python.path], module))
            except AssertionError:  # the time-out
                known.append(None)
        if any(each is None for each in known):
            self.skip("test.%s does not end under python itself" % module)
        return known

    def excepted(self, module, host):
        return {name: each.why for each in EXCEPTIONS if each.holds(self.python, host)
                for name in each.names if name.startswith(module + ".")}

    def compare(self, module, host):
        if host == "agent" and not harness.has_agents():
            self.skip("no agents in this build")
        plain = self.under_python(module)[0]
        ours = self.under([harness.pyperf(), "run", "-q", "--host", host, "--python", self.python.path], module)
        if plain.ran is None:
            self.fail("python itself does not get to the end: %s" % plain.done)
        excepted = self.excepted(module, host)
        differences = self.differences(module, plain, ours, excepted)
        if differences:
            plain = self.under_python(module, again=True)[-1]
            flaky = self.flaky(self.under_python(module))
            differences = self.differences(module, plain, ours, excepted, flaky)
        if all_modules():
            print("%-8s %-9s %-20s %s%s" % (self.python.version, host, module, ours,
                                            "; DIFFERS" if differences else ""), flush=True)
        if differences:
            self.fail("%s under --host %s\n  python: %s\n  pyperf: %s\n  %s\n%s" % (
                module, host, plain, ours, "\n  ".join(differences), ours.done.stderr[-6000:]))

    def flaky(self, runs):
        return {line for one in runs for other in runs for line in (one.failed - other.failed)}

    def differences(self, module, plain, ours, excepted, flaky=()):
        """Lines that say what differs, but for what is excepted."""
        found, used, tolerated = [], set(), False
        if (plain.ran, plain.counts.get("skipped")) != (ours.ran, ours.counts.get("skipped")):
            found.append("run and skipped differ")
        for line in (ours.failed - plain.failed):
            name = "%s.%s" % (module, short_name(line))
            if name in excepted:
                used.add(name)
            elif line not in flaky:
                found.append("only under pyperf: " + line)
            tolerated = True
        for line in (plain.failed - ours.failed):
            if line not in flaky:
                found.append("only under python: " + line)
            tolerated = True
        if not tolerated and plain.summary() != ours.summary():
            found.append("not the same end")
        for name in set(excepted) - used:
            found.append("excepted, and there no more: " + name)
        return found


def all_modules():
    return "--all" in ARGUMENTS


def add_module(module, host):
    def test(self):
        if self.python.has("test." + module):
            self.skip("no test.%s: %s" % (module, self.python.has("test." + module)))
        self.compare(module, host)
    setattr(Modules, "test_%s_%s" % (module[len("test_"):], host), test)


ARGUMENTS = [word for word in sys.argv if word == "--all"]

for module in QUICK + (SLOW if all_modules() else ()):
    for host in HOSTS:
        add_module(module, host)


if __name__ == "__main__":
    sys.argv = [word for word in sys.argv if word not in ARGUMENTS]
    harness.main()
