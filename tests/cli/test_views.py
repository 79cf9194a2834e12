"""What `pyperf stats` prints beside pstats' tables: call trees, hot paths, other formats, parts.

SPDX-License-Identifier: MIT
"""
import csv
import io
import json
import os
import re
import sys

import cli

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import json_schemas  # noqa: E402

PROGRAM = """
import json, time

class Order:
    def price(self):
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end:
            pass

    def parts(self):
        for part in range(3):
            yield part

def hidden_work():
    Order().price()
    Order().price()

def light():
    list(Order().parts())
    json.dumps({"a": [1, 2, 3]}, indent=1)

def main():
    light()
    hidden_work()

main()
"""

NODE = re.compile(r" *([\d.]+) +[\d.]+ % +([\d.]+)? +([\d+]*)  (.*)")


class Views(cli.Case):
    def record(self, *options, program=PROGRAM):
        """A session directory: that of a run whose profile could not be written."""
        self.write("shop.py", program)
        status, _, stderr = self.run_pyperf(*options, "-o", "/dev/full", "shop.py")
        self.assertEqual(status, 125, stderr)
        return self.sessions()[0]

    def stats(self, *arguments):
        status, stdout, stderr = self.finish(self.start([cli.pyperf, "stats", *arguments]))
        self.assertEqual((status, stderr), (0, ""))
        return stdout

    def refused(self, *arguments):
        status, stdout, stderr = self.finish(self.start([cli.pyperf, "stats", *arguments]))
        self.assertEqual(stdout, "")
        return status, stderr

    def tree(self, *arguments):
        """[(level, inclusive, self or None, calls, what)]"""
        nodes = []
        for line in self.stats("--tree", *arguments).splitlines()[3:]:
            if not line:
                break
            inclusive, own, calls, rest = NODE.fullmatch(line).groups()
            what = rest.lstrip("\u2502\u251c\u2514\u2500 ")
            level = (len(rest) - len(what)) // 3
            deep = re.match(r"\(level (\d+)\) ", what)
            if deep:
                level, what = int(deep.group(1)), what[deep.end():]
            nodes.append((level, float(inclusive), float(own) if own else None, calls, what))
        return nodes

    def assert_adds_up(self, nodes):
        for number, (level, inclusive, own, _, what) in enumerate(nodes):
            if own is None:
                continue
            below = 0.0
            count = 0
            for deeper, time, _, _, _ in nodes[number + 1:]:
                if deeper <= level:
                    break
                if deeper == level + 1:
                    below += time
                    count += 1
            self.assertAlmostEqual(own + below, inclusive, delta=0.0006 * (count + 2), msg=what)

    def test_trees_add_up(self):
        session = self.record()
        for arguments in ((), ("--min", "0"), ("--min=20%",), ("--depth", "2"),
                          ("--exclude", "hidden_work"), ("--select", "mine", "--min", "0")):
            nodes = self.tree(*arguments, session)
            self.assertEqual(nodes[0][4], "<program shop.py>")
            self.assert_adds_up(nodes)

    def test_trees(self):
        session = self.record()
        nodes = self.tree(session)
        price = next(node for node in nodes if re.match(r"(Order\.)?price  shop.py:5$", node[4]))
        self.assertEqual(price[3], "2")
        self.assertGreater(price[1], 0.02)  # twice 0.05 s, less what recording cost
        whole = self.tree("--min", "0", session)
        parts = next(node for node in whole if re.search(r"parts  shop.py", node[4]))
        self.assertEqual(parts[3], "1+3")
        self.assertLess(len(nodes), len(whole))
        self.assertEqual(max(node[0] for node in self.tree("--depth", "2", session)), 3)
        without = self.tree("--exclude", "hidden_work", session)
        self.assertFalse([node for node in without if "hidden_work" in node[4]])
        level = next(node[0] for node in without if "main  " in node[4])
        self.assertIn(level + 1, [node[0] for node in without if "price" in node[4]])

    def test_hot_paths(self):
        lines = self.stats("--hot", self.record()).splitlines()
        first = next(line for line in lines if line.lstrip()[:1].isdigit())
        self.assertRegex(first, r"<program shop.py> > <module> > main > hidden_work > "
                                r"(Order\.)?price")
        listed = [line for line in lines if re.match(r" *[\d.]+ +[\d.]+ % +[\d.]+ % ", line)]
        self.assertGreaterEqual(float(listed[-1].split()[3]), 80)
        self.assertTrue(all(float(line.split()[3]) <= 80 for line in listed[:-1]))

    def test_json(self):
        session = self.record()
        found = json_schemas.check(self, self.stats("--format", "json", "--tree", session),
                                   "profile")
        self.assertEqual(found["files"], [session])
        self.assertEqual(found["run"]["program"], "shop.py")
        self.assertEqual(found["unlisted"], [])
        self.assertAlmostEqual(sum(row["self"] for row in found["functions"]),
                               found["totals"]["self"])
        self.assertEqual(sum(row["calls"] for row in found["functions"]),
                         found["totals"]["calls"])
        parts = next(row for row in found["functions"] if row["name"] == "parts")
        self.assertEqual((parts["calls"], parts["resumes"], parts["group"]), (4, 3, "mine"))
        nodes = found["tree"]["nodes"]
        inclusive = [node["self"] + node["folded"] for node in nodes]
        for number in range(len(nodes) - 1, -1, -1):
            self.assertAlmostEqual(inclusive[number], nodes[number]["inclusive"])
            parent = nodes[number]["parent"]
            if parent is not None:
                self.assertLess(parent, number)
                inclusive[parent] += nodes[number]["inclusive"]
        roots = [thread["root"] for thread in found["tree"]["threads"]]
        self.assertAlmostEqual(sum(nodes[root]["inclusive"] for root in roots),
                               found["totals"]["self"])

    def test_json_of_a_part(self):
        session = self.record()
        found = json_schemas.check(
            self, self.stats("--format", "json", "--select", "mine", "-n", "3", session), "profile")
        self.assertEqual(len(found["functions"]), 3)
        self.assertGreater(found["hidden"]["functions"], 0)
        known = {row["id"] for row in found["functions"] + found["unlisted"]}
        for row in found["functions"]:
            self.assertLessEqual({caller["id"] for caller in row["callers"]}, known)

    def test_json_of_lines(self):
        """In a file of line_profiler's there is nothing else."""
        self.write("shop.py", PROGRAM)
        self.assertEqual(self.finish(self.start(
            [cli.pyperf, "lines", "--calls", "-o", "x.lprof", "shop.py"]))[0], 0)
        found = json_schemas.check(self, self.stats("--format=json", "x.lprof"), "profile")
        price, = (row for row in found["lines"] if row["name"].endswith("price"))
        texts = {line["text"].strip(): line for line in price["lines"]}
        self.assertEqual(texts["end = time.perf_counter() + 0.05"]["hits"], 2)
        self.assertGreater(price["time"], 0.01)  # without what recording cost
        for arguments in (["--tree", "x.lprof"], ["--format=csv", "x.lprof"]):
            status, _, stderr = self.finish(self.start([cli.pyperf, "stats", *arguments]))
            self.assertEqual(status, 125)
            self.assertRegex(stderr, r"\Apyperf: x\.lprof: a profile of lines, without calls; .*\n\Z")

    def test_csv_says_what_json_says(self):
        session = self.record()
        text = self.stats("--format=csv", "-s", "time", session)
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        found = json.loads(self.stats("--format=json", "-s", "time", session))["functions"]
        self.assertEqual(len(rows), len(found))
        for row, other in zip(rows, found):
            self.assertEqual([row["file"], row["name"], row["qualified_name"] or None],
                             [other["file"], other["name"], other["qualified_name"]])
            self.assertEqual([int(row[key]) for key in ("line", "calls", "resumes")],
                             [other[key] for key in ("line", "calls", "resumes")])
            self.assertAlmostEqual(float(row["self"]), other["self"], places=8)

    def test_table(self):
        text = self.stats("--format", "table", "--select", "mine", "-s", "cumulative", self.record())
        self.assertRegex(text.splitlines()[0],
                         r"^ *CALLS RESUMES +SELF +% CUMULATIVE +% FUNCTION +WHERE +GROUP$")
        self.assertRegex(text, r"price +shop.py:5 +mine")
        self.assertRegex(text, r"(?m)^hidden: \d+ functions|^\d+ of ")

    def test_what_is_hidden_is_said(self):
        session = self.record()
        whole = json.loads(self.stats("--format=json", session))
        others = [row for row in whole["functions"] if row["group"] != "mine"]
        text = self.stats("--select", "mine", session)
        self.assertNotIn("perf_counter", text)
        self.assertIn("Hidden by --select or --exclude: %d functions with {:,} calls".format(
            sum(row["calls"] for row in others)) % len(others), text)
        self.assertIn("%d function calls" % whole["totals"]["calls"], text)
        threads = self.stats("--per-thread", "--exclude", "mine", session)
        self.assertNotIn("hidden_work", threads)
        self.assertIn("Hidden by", threads)

    def test_processes(self):
        session = self.record("--children", "all", program="""
import os
def of_parent(): pass
def of_child(): sum(range(1000))
of_parent()
pid = os.fork()
if pid == 0:
    of_child()
    os._exit(0)
os.waitpid(pid, 0)
""")
        text = self.stats("--per-process", session)
        parent, child = text.split("   Process 2 of 2: ")
        self.assertIn("   Process 1 of 2: pid ", parent)
        self.assertIn("of_parent", parent)
        self.assertNotIn("(of_child)", parent)
        self.assertIn("(of_child)", child)
        trees = self.stats("--tree", "--min", "0", "--per-process", session)
        self.assertEqual(trees.count("Call tree, "), 2)
        self.assertIn("of_child", trees.split("   Process 2 of 2: ")[1])

    def test_paths_are_compared(self):
        session = self.record()
        status, stdout, stderr = self.finish(self.start(
            [cli.pyperf, "diff", "--format", "json", "--fail-if", "time > 1%", session, session]))
        self.assertEqual((status, stderr), (0, ""))
        found = json_schemas.check(self, stdout, "comparison")
        functions = {row["id"]: row for row in found["functions"]}
        paths = found["paths"]
        self.assertEqual([path["parent"] for path in paths].count(None), 1)
        for number, path in enumerate(paths[1:], 1):
            self.assertLess(path["parent"], number)
            self.assertIn(path["function"], functions)
        for side in ("before", "after"):
            self.assertAlmostEqual(sum(path["self"][side] for path in paths),
                                   found["total"]["self"][side])
        status, stdout, _ = self.finish(self.start([cli.pyperf, "diff", session, session]))
        self.assertEqual(status, 0)
        self.assertIn("No function differs.", stdout)
        status, stdout, _ = self.finish(self.start(
            [cli.pyperf, "diff", "--format", "json", "-n", "3", session, session]))
        self.assertEqual(status, 0)
        self.assertNotIn("paths", json_schemas.check(self, stdout, "comparison"))

    def test_files_without_trees(self):
        self.write("small.py", "len('')\n")
        status, _, stderr = self.run_pyperf("-q", "-o", "out.prof", "small.py")
        self.assertEqual(status, 0, stderr)
        for option in ("--tree", "--hot"):
            status, stderr = self.refused(option, "out.prof")
            self.assertEqual(status, 125)
            self.assertIn("out.prof holds sums over functions, not the call tree that %s needs"
                          % option, stderr)
        found = json_schemas.check(self, self.stats("--format=json", "out.prof"), "profile")
        self.assertIsNone(found["run"])
        self.assertEqual({row["resumes"] for row in found["functions"]}, {None})
        self.assertIn("len", self.stats("--select", "builtins", "out.prof"))

    def test_options(self):
        for arguments, reason in ((("--min", "x"), "no share"), (("--min", "101"), "no share"),
                                  (("--depth", "0"), "no number of levels"),
                                  (("--depth", "2"), "say --tree, too"),
                                  (("--tree", "--format", "csv"), "has no room in rows"),
                                  (("--hot", "--format", "json"), "is for people"),
                                  (("--format", "xml"), "none of text, table, csv, json"),
                                  (("--per-thread", "--per-process"), "exclude each other")):
            status, stderr = self.refused(*arguments, ".")
            self.assertEqual(status, 2, arguments)
            self.assertIn(reason, stderr)


if __name__ == "__main__":
    cli.main()
