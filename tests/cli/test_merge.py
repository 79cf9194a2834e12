"""`pyperf merge`: sums of cProfile's files equal those of pstats, our own are added path by path.

SPDX-License-Identifier: MIT
"""
import cProfile
import marshal
import os
import pstats
import random
import re
import subprocess
import sys
import threading

import cli

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import pyperf_file  # noqa: E402

PROGRAM = """
import sys, threading
def work(n):
    return sum(range(n))
def %s():
    return [work(n) for n in range(int(sys.argv[1]))]
thread = threading.Thread(target=work, args=(10,), name="helper")
thread.start()
%s()
thread.join()
"""


class Base(cli.Case):
    def pyperf(self, *arguments, **more):
        return self.finish(self.start([cli.pyperf, *arguments], **more))

    def merge(self, *arguments, **more):
        return self.pyperf("merge", *arguments, **more)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write_bytes(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        return name

    def read_profile(self, name):
        with open(self.path(name), "rb") as file:
            [profile] = pyperf_file.read(file.read()).profiles
        return profile

    def small_tree(self, name, functions=("f",), calls=1):
        """A file of ours: <root> calls each of these functions, in x.py."""
        rows = [("x.py", line, function) for line, function in enumerate(functions, 1)]
        nodes = [(0, index, calls, 1000) for index in range(1, len(rows) + 1)]
        return self.write_bytes(name, pyperf_file.file(
            *pyperf_file.profile_sections("x.py", rows, nodes)))

    def small_prof(self, name, functions=("f",), calls=1, seconds=0.1):
        root = ("~", 0, "<program x.py>")
        stats = {root: (1, 1, 0.0, seconds, {})}
        for line, function in enumerate(functions, 1):
            stats["x.py", line, function] = (calls, calls, seconds, seconds,
                                             {root: (calls, calls, seconds, seconds)})
        return self.write_bytes(name, marshal.dumps(stats))


def calls_by_path(profile):
    nodes = profile.tables["node"]
    return {profile.path(index): (node["calls"], node["resumes"])
            for index, node in enumerate(nodes) if node["parent"] is not None}


class Rows(Base):
    def profiles(self, count):
        """Of cProfile: other functions in other numbers in each."""
        names = []
        for number in range(count):
            chosen = random.Random(number)
            profile = cProfile.Profile()
            profile.enable()
            re.purge()
            re.compile("(a|b)*" * chosen.randrange(1, 4))
            sorted([chosen.random() for _ in range(100)], key=lambda value: -value)
            if number % 2:
                marshal.loads(marshal.dumps(list(range(number))))
            profile.disable()
            names.append("%d.prof" % number)
            profile.dump_stats(self.path(names[-1]))
        return names

    def test_equal_to_pstats(self):
        for count in (1, 2, 7):
            names = self.profiles(count)
            status, _, stderr = self.merge("-o", "sum.prof", *names)
            self.assertEqual(status, 0, stderr)
            self.assertRegex(stderr, r"^pyperf: wrote sum\.prof \(\d+ rows\); look at it with")
            expected = pstats.Stats(*map(self.path, names)).stats
            with open(self.path("sum.prof"), "rb") as file:
                got = marshal.load(file)
            self.assertEqual(got, expected)
            self.assertEqual(list(got), list(expected))  # in its order
            for label, row in got.items():
                self.assertEqual(list(row[4]), list(expected[label][4]))

    def test_what_we_wrote(self):
        """Profiles of runs, as .prof and as .pyperf: their functions add up."""
        self.write("program.py", PROGRAM % ("first", "first"))
        for name, calls in (("a.prof", 3), ("b.pyperf", 4), ("c.prof", 5)):
            self.assertEqual(self.run_pyperf("-q", "-o", name, "program.py", str(calls))[0], 0)
        status, _, stderr = self.merge("-q", "-o", "sum.prof", "a.prof", "b.pyperf", "c.prof")
        self.assertEqual((status, stderr), (0, ""))
        with open(self.path("sum.prof"), "rb") as file:
            stats = marshal.load(file)
        [row] = [row for label, row in stats.items() if label[2] == "work"]
        self.assertEqual(row[:2], (3 + 4 + 5 + 3, 3 + 4 + 5 + 3))


class Trees(Base):
    def test_shards(self):
        """Of one program, run with other arguments, and of another one."""
        names, expected = [], {}
        for name, function, calls in (("a", "first", 3), ("b", "first", 4), ("c", "other", 5)):
            self.write(name + ".py", PROGRAM % (function, function))
            os.replace(self.path(name + ".py"), self.path("program.py"))
            names.append(name + ".pyperf")
            status, _, _ = self.run_pyperf("-q", "-o", names[-1], "program.py", str(calls))
            self.assertEqual(status, 0)
            for path, counts in calls_by_path(self.read_profile(names[-1])).items():
                before = expected.get(path, (0, 0))
                expected[path] = tuple(map(sum, zip(before, counts)))
        status, _, stderr = self.merge("-o", "sum.pyperf", *names)
        self.assertEqual(status, 0, stderr)
        self.assertRegex(stderr, r"^pyperf: wrote sum\.pyperf \([\d,]+ call paths\)")
        merged = self.read_profile("sum.pyperf")
        self.assertEqual(calls_by_path(merged), expected)
        self.assertEqual([thread["name"] for thread in merged.tables["thrd"]],
                         ["MainThread", "helper"])
        self.assertEqual(merged.facts["merged"], 3)
        self.assertEqual(merged.facts["compensated"], 1)
        walls = [self.read_profile(name).facts["wall"] for name in names]
        self.assertEqual(merged.facts["wall"], sum(walls))
        status, stdout, _ = self.pyperf("stats", "-n", "work", "sum.pyperf")
        self.assertEqual(status, 0)
        self.assertRegex(stdout, r"\n +15 .*:3\(work\)\n")
        self.assertIn("   3 runs are added up here, their wall time as well.\n", stdout)

    def test_raw_times_are_gone(self):
        self.write("program.py", PROGRAM % ("first", "first"))
        self.run_pyperf("-q", "-o", "a.pyperf", "program.py", "3")
        self.merge("-q", "-o", "sum.pyperf", "a.pyperf", "a.pyperf")
        status, _, stderr = self.pyperf("stats", "--raw-times", "sum.pyperf")
        self.assertEqual(status, 0)
        self.assertIn("sum.pyperf: what recording cost was taken off before", stderr)

    def test_a_session_directory(self):
        self.write("program.py", PROGRAM % ("first", "first"))
        self.run_pyperf("-o", "/dev/full", "program.py", "3")
        [session] = self.sessions()
        self.run_pyperf("-q", "-o", "a.pyperf", "program.py", "4")
        status, _, stderr = self.merge("-q", "-o", "sum.pyperf", "a.pyperf", session)
        self.assertEqual((status, stderr), (0, ""))
        calls = calls_by_path(self.read_profile("sum.pyperf"))
        self.assertEqual(sum(counts[0] for path, counts in calls.items() if path[-1] == "work"), 9)

    def test_no_trees(self):
        self.small_tree("a.pyperf")
        self.small_prof("b.prof")
        status, _, stderr = self.merge("-o", "sum.pyperf", "a.pyperf", "b.prof")
        self.assertEqual(status, 125)
        self.assertEqual(stderr, "pyperf: b.prof: there are no call trees in it, as sum.pyperf "
                                 "needs them; write a .prof instead\n")
        self.assertFalse(os.path.exists(self.path("sum.pyperf")))

    def test_cpu_time_and_wall_time(self):
        self.run_pyperf("-q", "-o", "a.pyperf", "-c", "pass")
        self.run_pyperf("-q", "--clock", "cpu", "-o", "b.pyperf", "-c", "pass")
        for output in "sum.pyperf", "sum.prof":
            status, _, stderr = self.merge("-o", output, "a.pyperf", "b.pyperf")
            self.assertEqual(status, 125)
            self.assertIn("b.pyperf: its times are CPU time and those before it on the wall", stderr)


class Files(Base):
    def test_standard_input_once(self):
        self.small_prof("a.prof")
        with open(self.path("a.prof"), "rb") as file:
            content = file.read()
        done = subprocess.run([cli.pyperf, "merge", "-o", "sum.prof", "-", "-"], input=content,
                              cwd=self.directory, env=self.environment, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (125, b"pyperf: standard input can be read once, "
                                                               b"and - names it again\n"))

    def test_options_after_files(self):
        self.small_prof("a.prof")
        self.assertEqual(self.merge("a.prof", "-q", "a.prof", "-o", "sum.prof"), (0, "", ""))
        self.assertTrue(os.path.exists(self.path("sum.prof")))

    def test_rows_where_they_will_do(self):
        self.small_prof("a.prof")
        self.small_tree("b.pyperf")
        for name in "x.csv", "x.json", "x.dot":
            self.assertEqual(self.merge("-q", "-o", name, "b.pyperf", "a.prof"), (0, "", ""))
            self.assertGreater(os.path.getsize(self.path(name)), 0)

    def test_unreadable_files(self):
        self.small_prof("good.prof")
        self.write("bad.prof", "nonsense")
        status, _, stderr = self.merge("-o", "sum.prof", "good.prof", "bad.prof", "missing.prof")
        self.assertEqual(status, 125)
        self.assertRegex(stderr, r"\Apyperf: .*missing\.prof.*\n\Z")
        self.assertFalse(os.path.exists(self.path("sum.prof")))
        status, _, stderr = self.merge("--keep-going", "-q", "-o", "sum.prof", "bad.prof",
                                       "good.prof", "missing.prof", "good.prof")
        self.assertEqual(status, 0)
        self.assertRegex(stderr, r"\Apyperf: .*bad\.prof.*\npyperf: .*missing\.prof.*\n"
                                 r"pyperf: skipped 2 of 4 files, named above\n\Z")
        with open(self.path("sum.prof"), "rb") as file:
            self.assertEqual(marshal.load(file)["x.py", 1, "f"][1], 2)

    def test_none_can_be_read(self):
        status, _, stderr = self.merge("--keep-going", "-o", "sum.prof", "a", "b")
        self.assertEqual(status, 125)
        self.assertIn("pyperf: there is nothing to add up\n", stderr)

    def test_lists(self):
        names = [self.small_prof("with space %d.prof" % i) for i in range(3)]
        for text, separator in (("\n".join(names) + "\n", "newline"), ("\n".join(names), "no last"),
                                ("\0".join(names) + "\0", "NUL"), ("\n\n" + "\n\n".join(names), "empty")):
            with self.subTest(separator):
                self.write("list", text)
                for listing in ("list", "-"):
                    with open(self.path("list"), "rb") as stdin:
                        status, _, stderr = self.merge("-q", "-o", "sum.prof", "--files-from",
                                                       listing, stdin=stdin)
                    self.assertEqual((status, stderr), (0, ""))
                    with open(self.path("sum.prof"), "rb") as file:
                        self.assertEqual(marshal.load(file)["x.py", 1, "f"][1], 3)
        status, _, stderr = self.merge("-o", "sum.prof", "--files-from", "no such list")
        self.assertEqual(status, 125)
        self.assertIn("no such list", stderr)

    def test_the_sum_may_take_the_place_of_a_part(self):
        self.small_prof("sum.prof", calls=5)
        self.small_prof("more.prof", calls=2)
        for expected in (7, 9):
            self.merge("-q", "-o", "sum.prof", "sum.prof", "more.prof")
            with open(self.path("sum.prof"), "rb") as file:
                self.assertEqual(marshal.load(file)["x.py", 1, "f"][1], expected)

    def test_progress(self):
        """On a terminal, and only where it takes a while: the first file is a pipe that is slow."""
        shell = cli.Shell(self)
        self.small_prof("b.prof")
        os.mkfifo(self.path("a.prof"))
        shell.type("cd %s; %s merge -o sum.prof a.prof b.prof c.prof; echo all is $((40 + 2))\n"
                   % (self.directory, cli.pyperf))
        os.mkfifo(self.path("c.prof"))
        with open(self.path("b.prof"), "rb") as file:
            data = file.read()
        writer = threading.Timer(0.5, self.write_bytes, ("a.prof", data))
        writer.start()
        shell.expect("pyperf: 1 of 3 files\r")
        writer.join()
        self.write_bytes("c.prof", data)
        after = shell.expect("all is 42")
        self.assertIn("wrote sum.prof", after)
        status, _, stderr = self.merge("-o", "sum.prof", "b.prof", "b.prof")
        self.assertNotIn(" of 2", stderr)


class Memory(Base):
    COUNT = 10000

    def peak(self, *arguments):
        """(peak of resident memory in bytes, seconds) of a command that must succeed."""
        process = self.start([cli.pyperf, *arguments])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
        self.assertEqual(process.returncode, 0, process.stderr.read())
        return usage.ru_maxrss * 1024

    def check(self, make, suffix, size_of_union):
        """Thousands of files that are alike and have something of their own each: memory goes to
        what is in the sum."""
        if cli.sanitizer_options():
            self.skipTest("sanitizers keep what is freed")
        names = []
        for number in range(self.COUNT):
            functions = ["shared_%d" % index for index in range(100)] + ["own_%d" % number]
            names.append(make("%d.%s" % (number, suffix), functions))
        self.write("list", "\n".join(names))
        peak = self.peak("merge", "-q", "-o", "sum." + suffix, "--files-from", "list")
        union = size_of_union(os.path.getsize(self.path("sum." + suffix)))
        self.assertLess(peak, union + (64 << 20))

    def test_rows(self):
        self.check(self.small_prof, "prof", lambda size: size)
        with open(self.path("sum.prof"), "rb") as file:
            stats = marshal.load(file)
        self.assertEqual(len(stats), 1 + 100 + self.COUNT)
        self.assertEqual(stats["x.py", 1, "shared_0"][1], self.COUNT)

    def test_trees(self):
        # In memory a function takes 576 bytes and a node 56.
        self.check(self.small_tree, "pyperf", lambda size: self.COUNT * (576 + 56) + size)
        calls = calls_by_path(self.read_profile("sum.pyperf"))
        self.assertEqual(len(calls), 100 + self.COUNT)
        self.assertEqual(calls[("shared_7",)], (self.COUNT, 0))


if __name__ == "__main__":
    cli.main()
