"""The programs that exported files are for read them, and find the totals that are in them.

What cannot be installed here is skipped, with the reason. `inferno` is compiled from source,
which takes minutes the first time: it is a test of its own, run with -k Inferno.

SPDX-License-Identifier: MIT
"""
import glob
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tarfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "browser")]
import browser  # noqa: E402
import harness  # noqa: E402
import packages  # noqa: E402
import exports  # noqa: E402

ONE_FUNCTION = "def only():\n    sum(range(1000))\nonly()\n"
TWO_THREADS = ("import threading\n"
               "def fibonacci(n): return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)\n"
               "def work(): return sorted(range(99), key=lambda n: fibonacci(n % 7))\n"
               "thread = threading.Thread(target=work)\n"
               "thread.start()\n"
               "thread.join()\n"
               "work()\n")


class Case(harness.TestCase):
    def python_with(self, *requirements):
        path, why_not = exports.python_with(*requirements)
        if why_not:
            self.skip("%s: %s" % (", ".join(requirements), why_not))
        return path

    def tool_of(self, python, name):
        return os.path.join(os.path.dirname(python), name)

    def check_near(self, what, expected, got, tolerance):
        if abs(expected - got) > tolerance:
            self.fail("%s: expected %s, got %s" % (what, expected, got))

    def check_total(self, what, session, nanoseconds):
        self.check_near(what, exports.total(session), nanoseconds,
                        len(exports.nodes(session)) / 2 + 1)


def summary_of(path):
    with open(path) as file:
        return int(re.search(r"^summary: (\d+)$", file.read(), re.M).group(1))


class CallgrindAnnotate(Case):
    def annotate(self, *arguments):
        program = exports.found("callgrind_annotate")
        if not program:
            self.skip("callgrind_annotate, which comes with valgrind, is not there")
        return exports.tool([program, "--threshold=100", "--auto=no", *arguments], "PROGRAM TOTALS")

    def figures(self, text):
        """{marker and function: nanoseconds}"""
        return {name.split(" [")[0].strip(): int(cost.replace(",", "")) for cost, name in
                re.findall(r"^ *([\d,]+) (?:\( *[\d.]+%\) )? *(.*)$", text, re.M)}

    def test_own_times(self):
        session = exports.recording()
        path = exports.export(session, "callgrind.out.1")
        text = self.annotate(path)
        self.assertNotIn("WARNING", text)
        figures = self.figures(text)
        self.check_total("program totals", session, figures.pop("PROGRAM TOTALS"))
        self.check_near("all functions", summary_of(path), sum(figures.values()), 0)
        [fibonacci] = [cost for name, cost in figures.items() if name.endswith(":fibonacci")]
        self.check_near("fibonacci", exports.self_of(session, "fibonacci"), fibonacci,
                        len(exports.nodes(session)))

    def test_tree(self):
        session = exports.recording()
        path = exports.export(session, "callgrind.out.1")
        figures = self.figures(self.annotate("--tree=both", "--inclusive=yes", path))
        [root] = [cost for name, cost in figures.items() if re.match(r"\* +~:<program ", name)]
        # It adds up what the root called, and each of these numbers is rounded.
        self.check_near("the root, inclusive", summary_of(path), root, 20)
        calls = re.search(r"<built-in method builtins.sorted> \((\d+)x\)",
                          self.annotate("--tree=calling", path))
        self.check_same("calls of sorted", exports.calls_of(
            session, "<built-in method builtins.sorted>"), int(calls.group(1)))

    def test_of_a_pstats_file(self):
        session = exports.recording()
        again = harness.run([harness.pyperf(), "export", exports.export(session, "x.prof"),
                             "-f", "callgrind", "-o", "-"])
        self.assertEqual(again.status, 0, again)
        path = harness.write(harness.fresh_directory(), "callgrind.out.1", again.stdout)
        self.check_near("program totals", exports.total(session),
                        self.figures(self.annotate(path))["PROGRAM TOTALS"],
                        len(exports.nodes(session)))


class Pprof(Case):
    def pprof(self, *arguments):
        go = exports.found("go", "/usr/local/go/bin")
        if not go:
            self.skip("there is no Go to build pprof with")
        place = exports.cached("go-bin")
        program = os.path.join(place, "pprof")
        if not os.path.exists(program):
            done = packages.attempt(["env", "GOBIN=" + place, go, "install",
                                     "github.com/google/pprof@latest"])
            if done.status != 0:
                self.skip("pprof: " + packages.last_line(done))
        return exports.tool([program, "-symbolize=none", *arguments], "Type:" if
                            "-top" in arguments else "Samples:")

    def test_times(self):
        session = exports.recording()
        path = exports.export(session, "x.pb.gz")
        text = self.pprof("-top", "-unit=ns", "-nodecount=100000", "-nodefraction=0",
                          "-edgefraction=0", path)
        self.assertIn("Type: wall", text)
        total = re.search(r"accounting for (\d+)ns, 100% of (\d+)ns total", text)
        self.check_total("the total", session, int(total.group(2)))
        flat = {name: int(own) for own, name in re.findall(
            r"^ *(\d+)(?:ns)? +[\d.]+% +[\d.]+% +\d+(?:ns)? +[\d.]+% +(.*)$", text, re.M)}
        self.check_near("all functions", int(total.group(2)), sum(flat.values()), 0)
        [fibonacci] = [own for name, own in flat.items() if name.startswith("fibonacci (")]
        self.check_near("fibonacci", exports.self_of(session, "fibonacci"), fibonacci,
                        len(exports.nodes(session)))

    def test_calls(self):
        session = exports.recording()
        text = self.pprof("-top", "-sample_index=calls", "-nodecount=100000",
                          "-nodefraction=0", exports.export(session, "x.pb.gz"))
        total = re.search(r"100% of (\d+) total", text)
        self.check_same("calls", exports.calls(session), int(total.group(1)))

    def test_samples(self):
        session = exports.recording(max_nodes=40)
        text = self.pprof("-raw", exports.export(session, "x.pb.gz"))
        samples = re.findall(r"^ +(\d+) +(\d+): [\d ]+$", text, re.M)
        self.check_total("the total", session, sum(int(time) for _, time in samples))
        self.check_same("calls", exports.calls(session), sum(int(calls) for calls, _ in samples))
        self.assertIn("thread:[<thread worker;<b>>]", text)

    def test_several_processes(self):
        text = self.pprof("-raw", exports.export(exports.family(), "x.pb.gz"))
        self.assertEqual(len(set(re.findall(r"\bpid:\[(\d+)\]", text))), 3)


def page_of(viewer, *arguments):
    """What a viewer's page shows in Chromium; see viewers.js."""
    done = browser.node(os.path.join(HERE, "viewers.js"), viewer, *arguments)
    if done.status != 0:
        raise AssertionError(str(done))
    shown = json.loads(done.stdout)
    problems = shown.pop("problems")
    if problems:
        raise AssertionError("errors in the page: %s" % problems)
    return shown


class Speedscope(Case):
    def package(self):
        """The directory of npm's package."""
        npm = exports.found("npm")
        if not npm:
            self.skip("there is no npm to get speedscope with")
        place = exports.cached("speedscope")
        if not glob.glob(os.path.join(place, "*.tgz")):
            done = packages.attempt([npm, "pack", "--pack-destination", place, "speedscope"])
            if done.status != 0:
                self.skip("speedscope: " + packages.last_line(done))
        [package] = glob.glob(os.path.join(place, "*.tgz"))
        directory = harness.fresh_directory()
        with tarfile.open(package) as archive:
            archive.extractall(directory)
        return os.path.join(directory, "package", "dist", "release")

    def test_it_is_valid(self):
        python = self.python_with("jsonschema")
        [schema] = glob.glob(os.path.join(self.package(), "file-format-schema*.json"))
        for session in (exports.recording(), exports.family()):
            for metric in ("time", "calls"):
                path = exports.export(session, "x.speedscope.json", "--metric", metric)
                exports.tool([python, "-c", "import json, jsonschema, sys\n"
                              "schema, file = (json.load(open(path)) for path in sys.argv[1:])\n"
                              "jsonschema.validate(file, schema)\nprint('valid')",
                              schema, path], "valid")

    def test_it_opens_in_chromium(self):
        index = os.path.join(self.package(), "index.html")
        shown = page_of("speedscope", index, exports.export(recording_of(TWO_THREADS),
                                                            "x.speedscope.json"))
        self.assertEqual(shown["title"], "x - speedscope")
        self.assertIn("<program x> (1/2)", shown["text"])


class Gprof2dot(Case):
    def own_share(self, source, path):
        """Percents of fibonacci, without what it called."""
        python = self.python_with("gprof2dot")
        text = exports.tool([python, "-m", "gprof2dot", "-f", source, "-n0", "-e0", path],
                            "digraph")
        [share] = re.findall(r'label="[^"]*fibonacci\\n[\d.]+%\\n\(([\d.]+)%\)', text)
        return float(share)

    def test_all_three_sources(self):
        # Of a program without lone surrogates in its names: gprof2dot cannot print these.
        session = recording_of(TWO_THREADS)
        expected = 100 * exports.self_of(session, "fibonacci") / exports.total(session)
        for source, name in (("callgrind", "x.callgrind"), ("pstats", "x.prof"),
                             ("collapse", "x.folded")):
            with self.subTest(source):
                share = self.own_share(source, exports.export(session, name))
                self.check_near("share of fibonacci", expected, share, 0.02)


class Pyprof2calltree(Case):
    def test_same_totals_as_our_callgrind(self):
        python = self.python_with("pyprof2calltree")
        session = recording_of(TWO_THREADS)
        path = os.path.join(harness.fresh_directory(), "converted")
        done = harness.run([python, "-m", "pyprof2calltree", "-i",
                            exports.export(session, "x.prof"), "-o", path])
        self.assertEqual(done.status, 0, done)
        with open(path) as file:
            own = re.findall(r"^fn=.*\n-?\d+ (\d+)$", file.read(), re.M)
        self.assertGreater(len(own), 10)
        # It cuts fractions off.
        self.check_near("self times", exports.total(session), sum(map(int, own)),
                        len(own) + len(exports.nodes(session)))


class Tuna(Case):
    def test_it_reads_one_root(self):
        python = self.python_with("tuna")
        for program in (exports.AWKWARD, ONE_FUNCTION, TWO_THREADS):
            session = recording_of(program)
            text = exports.tool([python, "-c", "import sys, json, tuna.main\n"
                                 "print(json.dumps(tuna.main.read(sys.argv[1])))",
                                 exports.export(session, "x.prof")], '"text"')
            # It takes exec for a root, too, where there is one.
            tree = json.loads(text)
            roots = tree["children"] if tree["text"] == ["root"] else [tree]
            self.assertIn("<program ", " ".join(root["text"][0] for root in roots))


class Snakeviz(Case):
    def shown(self, python, path, look):
        """What `look` makes of the address of its page."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [python, "-m", "snakeviz", "-s", "-H", "127.0.0.1", "-p", str(port), path],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=harness.environment())
        address = "http://127.0.0.1:%d/snakeviz/%s" % (port, urllib.parse.quote(path, safe=""))
        try:
            for _ in range(600):
                try:
                    with urllib.request.urlopen(address, timeout=30) as answer:
                        self.assertIn("program x", answer.read().decode())
                    return look(address)
                except urllib.error.HTTPError as error:
                    self.fail("snakeviz answered %s" % error)
                except OSError:
                    time.sleep(0.05)
            self.fail("snakeviz does not answer")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()

    def test_it_draws_the_functions(self):
        python = self.python_with("snakeviz")
        # No program with markup for names: snakeviz puts these into its script as they are.
        for program, name in ((ONE_FUNCTION, "only"), (TWO_THREADS, "work")):
            shown = self.shown(python, exports.export(recording_of(program), "x.prof"),
                               lambda address: page_of("snakeviz", address))
            self.assertIn("(%s)" % name, "\n".join(shown["functions"]))
            self.assertGreater(shown["boxes"], 1)


class Graphviz(Case):
    def test_it_draws_every_function(self):
        dot = exports.found("dot")
        if not dot:
            self.skip("Graphviz is not installed")
        session = exports.recording()
        path = exports.export(session, "x.dot", "--min", "0")
        text = exports.tool([dot, "-Tjson", path], '"self_seconds"')
        functions = [item for item in json.loads(text)["objects"] if "self_seconds" in item]
        own = sum(float(item["self_seconds"]) for item in functions)
        self.check_total("self time", session, round(own * 1e9))
        exports.tool([dot, "-Tsvg", path], "fibonacci")


class Inferno(Case):
    def program(self):
        cargo = exports.found("cargo", os.path.expanduser("~/.cargo/bin"))
        place = exports.cached("cargo")
        program = exports.found("inferno-flamegraph", os.path.join(place, "bin"))
        if not program and not cargo:
            self.skip("there is no inferno, and no cargo to build it with")
        if not program:
            done = packages.attempt([cargo, "install", "--quiet", "--root", place, "inferno"])
            if done.status != 0:
                self.skip("inferno: " + packages.last_line(done))
            program = os.path.join(place, "bin", "inferno-flamegraph")
        return program

    def test_the_box_of_everything(self):
        session = exports.recording()
        path = exports.export(session, "x.folded")
        with open(path, encoding="utf-8") as file:
            weight = sum(weight for _, weight in exports.collapsed(file.read()))
        text = exports.tool([self.program(), path], "<svg")
        shown = re.search(r"<title>all \(([\d,]+) samples, 100%\)</title>", text)
        self.check_same("the total", weight, int(shown.group(1).replace(",", "")))


def recording_of(program):
    """Of a file, or of a program's text."""
    if "\n" in program:
        program = text_file(program)
    return exports.recording(program)


@harness.locked
def text_file(text):
    return harness.write(harness.fresh_directory(), "program.py", text)


if __name__ == "__main__":
    harness.main()
