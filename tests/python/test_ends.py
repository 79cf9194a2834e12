"""However a program ends, and whatever it runs out of: what it did until then is in the profile.

SPDX-License-Identifier: MIT
"""
import mmap
import os
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import parity  # noqa: E402

DIES = os.path.join(harness.PROGRAMS, "dies.py")
WAYS = {"kill": -signal.SIGKILL, "exit": 5, "abort": -signal.SIGABRT, "segfault": -signal.SIGSEGV,
        "terminate": -signal.SIGTERM}


def counted(path):
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 16, access=mmap.ACCESS_READ) as counts:
        return struct.unpack("<qq", counts[:16])


class AbruptEnds(harness.TestCase):
    per_interpreter = True

    def command(self, folder, *operands, options=()):
        return [harness.pyperf(), "run", "--python", self.python.path, "-q", "-o", os.path.join(folder, "x.prof"),
                *options, DIES, os.path.join(folder, "counts"), *operands]

    def check_profile(self, folder, done):
        """Every call that was made is there, and the open ones once."""
        stats = harness.load_pstats(os.path.join(folder, "x.prof"), done)
        leaves, branches = counted(os.path.join(folder, "counts"))
        self.assertGreater(leaves, 1000)
        got = [harness.calls_of(stats, name, "dies.py") for name in ("leaf", "branch", "count")]
        self.check_same("calls of leaf, branch, count", [leaves, branches, leaves + branches], got)
        outer = harness.only_row(stats, "outer", "dies.py")
        self.check_same("outer, which is still active", (1, 6), outer[:2])
        for name, calls in (("die", 1), ("generator", 51), ("<lambda>", 50)):
            self.check_same(name, calls, harness.calls_of(stats, name, "dies.py"))
        return stats

    def test_ways_to_die(self):
        for how, status in WAYS.items():
            with self.subTest(how):
                folder = harness.fresh_directory()
                done = harness.run([*harness.limits("ulimit -c 0"), *self.command(folder, how)])
                self.check_same("status\n%s" % done, status, done.status)
                self.check_profile(folder, done)
                plain = harness.run([*harness.limits("ulimit -c 0"), self.python.path, DIES,
                                     os.path.join(folder, "counts"), how])
                self.check_same("python's own end", (plain.status, plain.stdout, plain.stderr),
                                (done.status, done.stdout, done.stderr))

    def test_report_names_the_end(self):
        folder = harness.fresh_directory()
        done = harness.run([*harness.limits("ulimit -c 0"), harness.pyperf(), "run", "--python", self.python.path, DIES,
                            os.path.join(folder, "counts"), "kill"])
        self.assertRegex(done.stdout, r"\d+ function calls .* in \d+\.\d{3} seconds")
        self.assertRegex(done.stdout, r"\d+ calls had not returned")
        self.assertRegex(done.stdout, r"(?i)sigkill|signal 9|killed")

    def test_open_frames_end_with_the_process(self):
        """Killed from outside, asleep in nested frames: their time is the time until the kill."""
        folder = harness.fresh_directory()
        process = subprocess.Popen(self.command(folder, "wait"), stdout=subprocess.PIPE,
                                   env=harness.environment(), start_new_session=True)
        process.stdout.readline()
        waited_from = time.perf_counter()
        child = harness.program_of(process.pid)
        time.sleep(1)
        os.kill(child, signal.SIGKILL)
        waited = time.perf_counter() - waited_from
        process.communicate(timeout=30)
        self.check_same("status", -signal.SIGKILL, process.returncode)
        stats = self.check_profile(folder, None)
        for name in ("<built-in method time.sleep>", "wait", "die"):
            got = harness.only_row(stats, name)[3]
            self.assertLess(abs(got - waited) / waited, 0.05, "%s: %.4f s, not %.4f" % (name, got, waited))
        self.assertGreater(harness.only_row(stats, "outer", "dies.py")[3], 0.95 * waited)
        self_times = sum(row[2] for row in stats.values())
        self.assertAlmostEqual(self_times, stats[harness.root_label(stats)][3], delta=1e-4)

    def test_supervisor_killed(self):
        """The program goes on; its recording stays, and `pyperf stats` reads it."""
        folder = harness.fresh_directory()
        place = harness.fresh_directory()
        process = subprocess.Popen(self.command(folder, "wait"), stdout=subprocess.PIPE,
                                   env=harness.environment(TMPDIR=place), start_new_session=True)
        process.stdout.readline()
        child = harness.program_of(process.pid)
        process.kill()
        process.wait()
        process.stdout.close()
        try:
            os.kill(child, 0)
            sessions = os.listdir(place)
            self.check_same("session directories", 1, len(sessions))
            done = harness.run([harness.pyperf(), "stats", os.path.join(place, sessions[0])])
            self.check_same("status\n%s" % done, 0, done.status)
            leaves, _ = counted(os.path.join(folder, "counts"))
            self.assertRegex(done.stdout, r"(?m)^ +%d .*dies\.py:\d+\(leaf\)$" % leaves)
        finally:
            os.kill(child, signal.SIGKILL)


class CoreFiles(harness.TestCase):
    per_interpreter = True

    def test_exactly_one(self):
        with open("/proc/sys/kernel/core_pattern") as file:
            pattern = file.read().strip()
        if pattern.startswith("|") or "/" in pattern:
            self.skip("core files go to %s" % pattern)
        if harness.sanitized():
            self.skip("the sanitizer leaves no core files")
        for how in ("abort", "segfault"):
            folder = harness.fresh_directory()
            command = [harness.pyperf(), "run", "--python", self.python.path, "-q", "-o", "x.prof", DIES, "counts", how]
            plain = harness.run([*harness.limits("ulimit -c unlimited"), self.python.path, DIES, "counts", how], cwd=folder)
            cores = [name for name in os.listdir(folder) if name.startswith("core")]
            if not cores:
                self.skip("python leaves no core file here either")
            for name in cores:
                os.unlink(os.path.join(folder, name))
            done = harness.run([*harness.limits("ulimit -c unlimited"), *command], cwd=folder)
            with self.subTest(how):
                self.check_same("status", plain.status, done.status)
                cores = [name for name in os.listdir(folder) if name.startswith("core")]
                self.check_same("core files", 1, len(cores))
                # It is the program's: pyperf is small, and has no Python in it.
                with open(os.path.join(folder, cores[0]), "rb") as file, \
                        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as core:
                    self.assertGreater(core.find(b"importlib._bootstrap"), 0, "whose core file is this?")
            os.unlink(os.path.join(folder, cores[0]))


MANY_CONTEXTS = """
import itertools
def a(n): return b(n - 1) + c(n - 1) if n > 0 else 1
def b(n): return c(n - 1) + a(n - 2) if n > 0 else 2
def c(n): return a(n - 1) + len(str(n)) if n > 0 else 3
for _ in range(3): a(14)
print(a(9))
"""


class Scarcity(harness.TestCase):
    """A full disk, small limits, nowhere to write: the program goes on undisturbed."""
    per_interpreter = True

    def setUp(self):
        self.folder = harness.fresh_directory()
        # New functions and contexts without end: some 40 MB of recording.
        self.script = harness.write(self.folder, "grows.py", (
            "import sys\ndef grow(n):\n    if n % 4 == 0: len('')\n    return grow(n - 1) if n else 0\n"
            "def made(i):\n    space = {'grow': grow}\n    exec('def f_%d(n): return grow(n)' % i, space)\n"
            "    space['f_%d' % i](300)\n"
            "for i in range(600): made(i)\nprint('done', flush=True)\nsys.exit(6)\n"))

    def check(self, done):
        """The program was not disturbed. What pyperf then says and whether it can still write a
        profile depends on what was missing; but it says something, or all is well."""
        self.assertIn("done\n", done.stdout, str(done))
        self.assertIn(done.status, (6, 125), str(done))
        if done.status == 125:
            self.assertRegex(done.stderr, r"(?m)^pyperf: .+")
        for line in done.stderr.splitlines():
            self.assertTrue(line.startswith("pyperf: "), line)

    def command(self, *options):
        return [harness.pyperf(), "run", "--python", self.python.path, *options, self.script]

    def test_enough(self):
        output = os.path.join(self.folder, "x.prof")
        done = harness.run(self.command("-q", "-o", output))
        self.check_same("end", (6, "done\n", ""), (done.status, done.stdout, done.stderr))
        stats = harness.load_pstats(output)
        self.check_same("calls of grow", 600 * 301, harness.calls_of(stats, "grow"))
        self.check_same("made", 600, sum(harness.calls_of(stats, "f_%d" % i) for i in range(600)))

    def test_full_disk(self):
        place = os.path.join(self.folder, "small")
        os.mkdir(place)
        if os.getuid() != 0 or harness.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", place]).status != 0:
            self.skip("cannot mount a small file system")
        try:
            output = os.path.join(self.folder, "x.prof")
            done = harness.run(self.command("-o", output, "--report", "-"), env=harness.environment(TMPDIR=place))
            self.check(done)
            self.check_same("status", 6, done.status)
            stats = harness.load_pstats(output, done)
            self.assertGreater(harness.calls_of(stats, "grow"), 1000)
            self.assertRegex(done.stdout + done.stderr, r"(?i)no space left|disk", "nothing is said of it")
            self.check_same("left in TMPDIR", [], os.listdir(place))
            # And with no room at all.
            with open(os.path.join(place, "filler"), "wb", buffering=0) as file:
                try:
                    for _ in range(200):
                        file.write(bytes(65536))
                except OSError:
                    pass
            done = harness.run(self.command("-o", output), env=harness.environment(TMPDIR=place))
            if done.status == 125 and "done" not in done.stdout:
                self.assertRegex(done.stderr, "^pyperf: .*(No space left|TMPDIR)")  # refused before it ran
            else:
                self.check(done)
        finally:
            harness.run(["umount", place])

    def test_file_size_limit(self):
        """RLIMIT_FSIZE, with SIGXFSZ as Python leaves it."""
        for kilobytes in (64, 1024, 8192):
            with self.subTest(kilobytes=kilobytes):
                place = harness.fresh_directory()
                env = harness.environment(TMPDIR=place, PYTHONDONTWRITEBYTECODE="1")
                done = harness.run(["bash", "-c", 'ulimit -f %d; exec "$@"' % kilobytes, "bash", *self.command()],
                                   env=env)
                self.check(done)
                self.check_same("status", 6, done.status)
                self.check_same("left in TMPDIR", [], os.listdir(place))

    def test_limited_recording_without_a_report(self):
        """A profile alone does not look incomplete, so somebody has to say that it is."""
        output = os.path.join(self.folder, "x.prof")
        self.script = harness.write(self.folder, "known.py", (
            "import sys\ndef known(n): return len(str(n))\ndef new(i):\n    space = {}\n"
            "    exec('def f_%d(): pass\\nf_%d()' % (i, i), space)\n"
            "for i in range(3000):\n    known(i)\n    new(i)\nprint('done', flush=True)\nsys.exit(6)\n"))
        done = harness.run(["bash", "-c", 'ulimit -f 64; exec "$@"', "bash", *self.command("-q", "-o", output)])
        self.check_same("status and stdout", (6, "done\n"), (done.status, done.stdout))
        self.assertRegex(done.stderr, r"\Apyperf: the recording could not grow to the end \(File too large\): .*\n\Z")
        stats = harness.load_pstats(output)
        self.check_same("calls of what was known before", [3000, 3000],
                        [harness.calls_of(stats, name, "known.py") for name in ("known", "new")])
        self.assertLess(len(stats), 3000)

    def test_no_file_at_all(self):
        """`ulimit -f 0`: refused before the program runs, by a message and not by a signal."""
        place = harness.fresh_directory()
        done = harness.run(["bash", "-c", 'ulimit -f 0; exec "$@"', "bash", *self.command()],
                           env=harness.environment(TMPDIR=place))
        self.check_same("status and stdout", (125, ""), (done.status, done.stdout))
        self.assertRegex(done.stderr, r"\Apyperf: cannot record to %s.*: File too large\n\Z" % place)
        self.check_same("left in TMPDIR", [], os.listdir(place))

    def test_address_space_limit(self):
        if harness.sanitized():
            self.skip("the sanitizer needs terabytes of address space")
        for megabytes in (200, 400, 1000):
            plain = harness.run([*harness.limits("ulimit -v %d" % (megabytes * 1024)), self.python.path, self.script])
            done = harness.run([*harness.limits("ulimit -v %d" % (megabytes * 1024)), *self.command()])
            with self.subTest(megabytes=megabytes):
                self.check_same("plain status", 6, plain.status)
                self.check(done)
                self.check_same("status", 6, done.status)

    def test_nowhere_to_record(self):
        for place in ("/proc", "/nowhere/at/all"):
            done = harness.run(self.command(), env=harness.environment(TMPDIR=place))
            with self.subTest(place):
                self.check_same("status and stdout", (125, ""), (done.status, done.stdout))
                self.assertRegex(done.stderr, r"^pyperf: .*%s.*\n$" % place)

    def test_read_only_file_system(self):
        place = os.path.join(self.folder, "read-only")
        os.mkdir(place)
        if os.getuid() != 0 or harness.run(["mount", "-t", "tmpfs", "-o", "ro", "none", place]).status != 0:
            self.skip("cannot mount a file system")
        try:
            done = harness.run(self.command(), env=harness.environment(TMPDIR=place))
            self.check_same("status and stdout", (125, ""), (done.status, done.stdout))
            self.assertRegex(done.stderr, r"\Apyperf: .*%s.*TMPDIR.*: Read-only file system\n\Z" % place)
            done = harness.run(self.command("-o", os.path.join(place, "x.prof")))
            self.check_same("status and stdout", (2, ""), (done.status, done.stdout))
            self.assertRegex(done.stderr, r"\Apyperf: cannot write '%s/x.prof' .*: Read-only file system\n\Z" % place)
        finally:
            harness.run(["umount", place])

    def test_max_nodes(self):
        """Folded contexts: counts and self times per function stay what they were."""
        script = harness.write(self.folder, "many.py", MANY_CONTEXTS)
        _, whole = harness.profile(self.python, script)
        for limit in ("16", "100", "1000"):
            done, folded = harness.profile(self.python, script, options=["--max-nodes", limit, "--report", "-"])
            with self.subTest(limit=limit):
                self.assertRegex(done.stdout, "(?i)fold", "the report does not say that contexts were folded")
                expected = {label: row[:2] for label, row in whole.items()}
                got = {label: row[:2] for label, row in folded.items() if "folded" not in label[2]}
                self.check_same("functions", sorted(expected), sorted(got))
                wrong = ["%s: %r, not %r" % (parity.show(label), got[label], expected[label])
                         for label in expected if got[label][1] != expected[label][1]]
                self.check_same("calls", [], wrong)
                wrong = ["%s: %r, not %r" % (parity.show(label), got[label], expected[label])
                         for label in expected if got[label][0] != expected[label][0]]
                self.check_same("primitive calls", [], wrong)
                total = folded[harness.root_label(folded)][3]
                self.assertAlmostEqual(sum(row[2] for row in folded.values()), total, delta=1e-4)


if __name__ == "__main__":
    harness.main()
