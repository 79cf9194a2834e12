"""Files of pyperf's own: `pyperf run -o x.pyperf`, and what is read from them.

SPDX-License-Identifier: MIT
"""
import csv
import io
import json
import os
import re
import resource
import socket
import subprocess
import sys
import time

import cli

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
import pyperf_file  # noqa: E402

PROGRAM = """
import os, sys, threading, time

def inner(n):
    return sum(range(n))

def outer():
    return [inner(n) for n in range(50)]

def generator():
    for i in range(3):
        yield inner(i)

def child():
    pid = os.fork()
    if pid == 0:
        outer()
        os._exit(0)
    os.waitpid(pid, 0)

thread = threading.Thread(target=outer, name="helper")
thread.start()
outer()
list(generator())
thread.join()
%s
"""


class Base(cli.Case):
    def setUp(self):
        super().setUp()
        # A thread that was joined may still be there for a moment, of which 3.12 warns in a fork.
        self.environment["PYTHONWARNINGS"] = "ignore"

    def pyperf(self, *arguments, **more):
        return self.finish(self.start([cli.pyperf, *arguments], **more))

    def bytes_of(self, name):
        with open(os.path.join(self.directory, name), "rb") as file:
            return file.read()

    def write_bytes(self, name, data):
        with open(os.path.join(self.directory, name), "wb") as file:
            file.write(data)
        return name


class Reports(Base):
    def check_same_report(self, end, options=(), reading=()):
        """`pyperf stats` prints from the file what the run had to say, to the last digit."""
        self.write("program.py", PROGRAM % end)
        status, _, stderr = self.run_pyperf("-o", "x.pyperf", "--report", "report", "-s", "nfl",
                                            *options, "program.py")
        self.assertRegex(stderr, r"\Apyperf: wrote x\.pyperf \([\d,]+ call paths\); "
                                 r"look at it with: pyperf view x\.pyperf\n")
        got, stdout, stderr = self.pyperf("stats", "--strip-dirs", "-s", "nfl", *reading,
                                          "x.pyperf")
        self.assertEqual((got, stderr), (0, ""))
        heading, _, stdout = stdout.split("\n", 2)
        self.assertTrue(heading.endswith("    x.pyperf"), heading)
        self.assertIn("Wall time", stdout)
        self.assertEqual(self.read("report"), stdout)
        return status

    def test_ways_to_end(self):
        for end, expected in (("pass", 0), ("sys.exit(3)", 3), ("os._exit(4)", 4),
                              ("os.kill(os.getpid(), 9)", -9)):
            with self.subTest(end):
                self.assertEqual(self.check_same_report(end), expected)

    def test_tables(self):
        for options in (("--spread",), ("--per-thread",), ("--callers",),
                        ("--max-nodes", "20")):
            with self.subTest(options):
                reading = () if "--max-nodes" in options else options
                self.check_same_report("pass", options, reading)

    def test_cpu_time(self):
        self.check_same_report("pass", ("--clock", "cpu"))

    def test_several_processes(self):
        self.check_same_report("child(); child()", ("--children", "all"))

    def test_raw_times(self):
        """What a run took off is in its file, and what it left in, too: the same is written."""
        self.check_same_report("child()", ("--children", "all", "--raw-times"), ("--raw-times",))

    def test_the_file_is_raw_whatever_the_report_is(self):
        self.write("program.py", PROGRAM % "pass")
        self.run_pyperf("-q", "-o", "x.pyperf", "program.py")
        _, raw, _ = self.pyperf("stats", "--raw-times", "x.pyperf")
        _, compensated, _ = self.pyperf("stats", "x.pyperf")
        self.assertIn("Recording took", compensated)
        self.assertNotIn("Recording took", raw)

    def test_standard_input(self):
        self.write("program.py", PROGRAM % "pass")
        self.run_pyperf("-q", "-o", "x.pyperf", "program.py")
        _, expected, _ = self.pyperf("stats", "x.pyperf")
        with open(os.path.join(self.directory, "x.pyperf"), "rb") as file:
            status, stdout, stderr = self.pyperf("stats", "-", stdin=file)
        self.assertEqual((status, stderr), (0, ""))
        self.assertEqual(stdout.split("\n", 1)[1], expected.split("\n", 1)[1])

    def test_a_kept_recording_and_the_file(self):
        """A profile that could not be written is what the recording that is kept has."""
        self.write("program.py", PROGRAM % "pass")
        status, _, _ = self.run_pyperf("-o", "/dev/full", "-f", "pyperf", "program.py")
        self.assertEqual(status, 125)
        [session] = self.sessions()
        status, stdout, _ = self.pyperf("stats", "-n", "inner", session)
        self.assertEqual(status, 0)
        self.assertRegex(stdout, r"\n +103 .*:4\(inner\)")


class Views(Base):
    """What shows call trees and compares them takes a file as it takes the recording that the file
    was written from, which is kept because the report finds no room."""

    def setUp(self):
        super().setUp()
        self.write("program.py", PROGRAM % "child()")
        self.run_pyperf("-q", "-o", "x.pyperf", "--report", "/dev/full", "--children", "all",
                        "program.py")
        [self.session] = self.sessions()

    def stats(self, name, *options):
        status, stdout, stderr = self.pyperf("stats", *options, name)
        self.assertEqual((status, stderr), (0, ""))
        return stdout

    def shape(self, name, *options):
        """What is printed without figures of time: a recording's clock is read anew each time the
        recording is read, which can change the last digit, and with it the order."""
        lines = self.stats(name, *options).replace(name, "FILE").split("\n")
        return sorted(re.sub(r"[\d.]+( [mun]?s\b)?", "#", line).replace("#", "").split()
                      for line in lines if "FILE" not in line)

    def test_text(self):
        for options in (("--tree",), ("--hot",), ("--tree", "--hot", "--min", "0%"),
                        ("--tree", "--per-thread"), ("--hot", "--per-process"),
                        ("--per-process", "--spread"), ("--format", "table"),
                        ("--tree", "--raw-times"), ("--select", "program:*"),
                        ("--exclude", "stdlib", "--tree")):
            with self.subTest(options):
                self.assertIn("program.py", self.stats("x.pyperf", *options))
                self.assertEqual(self.shape("x.pyperf", *options),
                                 self.shape(self.session, *options))

    def test_json(self):
        documents = [json.loads(self.stats(name, "--format", "json", "--tree"))
                     for name in ("x.pyperf", self.session)]
        for what in "functions", "nodes":
            ours, theirs = ([item["calls"] for item in (document if what == "functions" else document["tree"])[what]]
                            for document in documents)
            self.assertTrue(ours)
            self.assertEqual(sorted(ours), sorted(theirs))

    def test_csv(self):
        ours, theirs = (sorted(row[:-2] for row in csv.reader(io.StringIO(
            self.stats(name, "--format", "csv")))) for name in ("x.pyperf", self.session))
        self.assertEqual(ours, theirs)

    def test_comparisons(self):
        status, stdout, stderr = self.pyperf("diff", "--format", "json", "x.pyperf", self.session)
        self.assertEqual((status, stderr), (0, ""))
        comparison = json.loads(stdout)
        for item in comparison["functions"] + comparison["paths"]:
            self.assertEqual((item["status"], item["calls"]["difference"]), ("both", 0))
            self.assertLess(abs(item["self"]["difference"]), 1e-5)
        self.run_pyperf("-q", "-o", "y.pyperf", "program.py")
        status, stdout, stderr = self.pyperf("diff", "--format", "json", "x.pyperf", "y.pyperf")
        self.assertEqual((status, stderr), (0, ""))
        comparison = json.loads(stdout)
        [inner] = [item for item in comparison["functions"] if item["name"] == "inner"]
        self.assertEqual((inner["calls"]["before"], inner["calls"]["after"]), (153, 103))
        self.assertTrue(comparison["paths"])

    def test_several_have_the_tree_of_their_sum(self):
        self.run_pyperf("-q", "-o", "y.pyperf", "program.py")
        status, _, stderr = self.pyperf("merge", "-q", "-o", "sum.pyperf", "x.pyperf", "y.pyperf",
                                        self.session)
        self.assertEqual((status, stderr), (0, ""))
        several = ("y.pyperf", self.session)
        for options in (("--tree",), ("--hot",), ("--per-thread",), ("--format", "table"), ()):
            with self.subTest(options):
                status, stdout, stderr = self.pyperf("stats", *options, "x.pyperf", *several)
                self.assertEqual((status, stderr), (0, ""))
                ours, theirs = (sorted(re.sub(r"[\d.]+( [mun]?s\b)?", "#", line).replace("#", "").split()
                                       for line in text.split("\n")
                                       if not re.search(r"\.pyperf$|%s$" % self.session, line))
                                for text in (stdout, self.stats("sum.pyperf", *options)))
                self.assertEqual(ours, theirs)
        self.assertRegex(self.stats("x.pyperf", *several, "-n", "inner"), r"\n +%d .*:4\(inner\)"
                         % (153 * 2 + 103))

    def test_a_sum_with_others_has_no_tree(self):
        self.run_pyperf("-q", "-o", "z.prof", "program.py")
        self.assertRegex(self.stats("x.pyperf", "z.prof", "-n", "inner"), r"\n +256 .*:4\(inner\)")
        status, stdout, stderr = self.pyperf("stats", "--tree", "x.pyperf", "z.prof")
        self.assertEqual((status, stdout), (125, ""))
        self.assertEqual(stderr, "pyperf: not all of the profiles hold the call tree that --tree "
                                 "needs, so they were added up by function; recordings and files in "
                                 "pyperf's own format hold it\n")

    def test_mixed_sums(self):
        self.run_pyperf("-q", "-o", "z.prof", "program.py")
        status, _, stderr = self.pyperf("merge", "-q", "-o", "sum.prof", "x.pyperf", "z.prof",
                                        self.session)
        self.assertEqual((status, stderr), (0, ""))
        self.assertRegex(self.stats("sum.prof", "-n", "inner"), r"\n +409 .*:4\(inner\)")


class Contents(Base):
    """What the page about the format says, read by a reader that was written from it."""

    def recorded(self, end="pass", *options):
        self.write("program.py", PROGRAM % end)
        status, _, _ = self.run_pyperf("-q", "-o", "x.pyperf", *options, "program.py", "two words")
        self.assertEqual(status, 0)
        return pyperf_file.read(self.bytes_of("x.pyperf"))

    def test_facts(self):
        before = time.time()
        file = self.recorded()
        [profile] = file.profiles
        facts = profile.facts
        self.assertEqual(facts["program"], "program.py")
        self.assertEqual(facts["interpreter"], self.python)
        self.assertEqual(facts["host"], socket.gethostname())
        self.assertIn("program.py two words", facts["command_line"])
        self.assertIn(facts["engine"], ("setprofile", "monitoring"))
        self.assertIn(facts["clock"], ("counter", "monotonic"))
        self.assertLess(abs(facts["started_at"] / 1e9 - before), 60)
        self.assertGreater(facts["wall"], 0)
        self.assertGreater(facts["cost.call.inside"] + facts["cost.call.outside"], 0)
        self.assertEqual((facts["compensated"], facts["started"], facts["end_known"]), (0, 1, 1))
        self.assertEqual(file.outcome["exit_status"], 0)
        self.assertGreater(file.outcome["peak_memory"], 1 << 20)
        self.assertTrue(all(flags & pyperf_file.COMPRESSED for _, flags, _, _ in file.sections))

    def test_tree(self):
        [profile] = self.recorded().profiles
        nodes, functions = profile.tables["node"], profile.tables["func"]
        threads = profile.tables["thrd"]
        self.assertEqual([thread["name"] for thread in threads], ["MainThread", "helper"])
        paths = {profile.path(index): index for index in range(len(nodes))
                 if nodes[index]["calls"] and profile.path(index)[:1] == ("<module>",)}
        inner = [path for path in paths if path[1:2] == ("outer",) and path[-1] == "inner"]
        self.assertEqual([nodes[paths[path]]["calls"] for path in inner], [50])
        resumed = nodes[paths["<module>", "generator"]]
        self.assertEqual((resumed["calls"], resumed["resumes"]), (1, 3))
        for index, node in enumerate(nodes):
            self.assertTrue(node["parent"] is None or node["parent"] < index)
            self.assertLess(node["inclusive"], 1 << 60)
        [function] = [function for function in functions if function["name"] == "inner"]
        self.assertEqual(function["line"], 4)
        self.assertEqual(sum(function["durations"].values()), 103)

    def test_processes(self):
        file = self.recorded("child()", "--children", "all")
        self.assertEqual(len(file.profiles), 2)
        own, child = (profile.tables["proc"][0] for profile in file.profiles)
        self.assertEqual(child["parent_pid"], own["pid"])

    def test_each_process_its_own(self):
        self.write("program.py", PROGRAM % "child()")
        self.run_pyperf("-q", "-o", "x-%p.pyperf", "--children", "all", "program.py")
        names = [name for name in os.listdir(self.directory) if name.endswith(".pyperf")]
        self.assertEqual(len(names), 2)
        for name in names:
            [profile] = pyperf_file.read(self.bytes_of(name)).profiles
            self.assertIn(str(profile.facts["pid"]), name)

    def test_what_a_test_made(self):
        """The files that other tests make are such files."""
        made = pyperf_file.file(*pyperf_file.profile_sections(
            "x.py", [("x.py", 3, "f"), ("x.py", 7, "g")],
            [(0, 1, 2, 10 ** 9), (1, 2, 5, 3 * 10 ** 9), (0, 2, 1, 10 ** 9)]))
        self.assertEqual(pyperf_file.read(made).profiles[0].path(2), ("f", "g"))
        status, stdout, stderr = self.pyperf("stats", "-s", "nfl", self.write_bytes("m.pyperf", made))
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("        2    1.000    0.500    4.000    2.000 x.py:3(f)\n", stdout)
        self.assertIn("        6    4.000    0.667    4.000    0.667 x.py:7(g)\n", stdout)


class Untrusted(Base):
    def limited(self, *arguments, memory):
        """Under a limit of address space."""
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        done = subprocess.run([cli.pyperf, *arguments], cwd=self.directory, env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit,
                              universal_newlines=True, timeout=cli.PATIENCE)
        return done.returncode, done.stdout, done.stderr

    def sections(self):
        return pyperf_file.profile_sections("x.py", [("x.py", 3, "f")], [(0, 1, 1, 1)])

    def test_claims(self):
        """A file that claims much is refused before anything is allocated for it."""
        if cli.sanitizer_options():
            self.skipTest("sanitizers need much address space")
        for index, name in enumerate(("strs", "func", "node", "thrd", "proc", "open"), 1):
            for compress in (False, True):
                sections = self.sections()
                sections[index] = pyperf_file.section(
                    name, pyperf_file.varint(1 << 31) + bytes(100), compress=compress)
                made = self.write_bytes("x.pyperf", pyperf_file.file(*sections))
                status, stdout, stderr = self.limited("stats", made, memory=32 << 20)
                self.assertEqual((status, stdout), (125, ""))
                self.assertRegex(stderr, r"^pyperf: x\.pyperf: damaged at byte \d+: in section "
                                         r"'%s' it claims to hold more" % name)

    def test_what_expands(self):
        """A section may expand to anything: no more of it is looked at than items are allowed."""
        if cli.sanitizer_options():
            self.skipTest("sanitizers need much address space")
        sections = self.sections()
        sections[3] = pyperf_file.section("node", pyperf_file.varint(1000) + bytes(100 << 20),
                                          compress=True)
        made = self.write_bytes("x.pyperf", pyperf_file.file(*sections))
        status, _, stderr = self.limited("stats", made, memory=32 << 20)
        self.assertEqual(status, 125)
        self.assertIn("more in it than there should be", stderr)

    def test_names(self):
        """Names from a file cannot reach the terminal as commands."""
        shell = cli.Shell(self)
        self.write_bytes("x.pyperf", pyperf_file.file(*pyperf_file.profile_sections(
            "\x1b[31mred", [("\x1b]0;title\x07.py", 3, "f\x9b2J")], [(0, 1, 1, 1)])))
        shell.type("cd %s; %s stats x.pyperf; echo all is $((40 + 2))\n"
                   % (self.directory, cli.pyperf))
        self.assertNotRegex(shell.expect("all is 42"), "[\x1b\x07\x9b]")

    def test_what_is_cut_off(self):
        made = pyperf_file.file(*self.sections())
        for size in (0, 5, 8, 11, 12, 100, len(made) - 1):
            name = self.write_bytes("x.pyperf", made[:size])
            status, stdout, stderr = self.pyperf("stats", name)
            self.assertEqual((status, stdout), (125, ""))
            self.assertRegex(stderr, r"\Apyperf: x\.pyperf: .+\n\Z")
            self.assertTrue(size < 8 or re.search(r"damaged at byte \d+", stderr), stderr)


if __name__ == "__main__":
    cli.main()
