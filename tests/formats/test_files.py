"""What is in exported files, against the call tree that they are made of.

Each format has its totals, and the figures of some function; those with paths have the paths;
several processes and folded contexts lose nothing. Names are text, whatever is in them.

SPDX-License-Identifier: MIT
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import exports  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def leaf(frames):
    return re.sub(r" \(.*", "", frames[-1]).split(".")[-1]


class Case(harness.TestCase):
    def check_near(self, what, expected, got, count):
        """Equal, but for half a nanosecond for each of so many numbers that were rounded."""
        if abs(expected - got) > count / 2 + 1:
            self.fail("%s: expected %d, got %d" % (what, expected, got))

    def check_total(self, what, session, got):
        self.check_near(what, exports.total(session), got, len(exports.nodes(session)))


class Collapsed(Case):
    def test_totals_and_functions(self):
        session = exports.recording()
        stacks = exports.collapsed(exports.exported(session, "x.collapsed"))
        self.check_total("the sum of all stacks", session, sum(weight for _, weight in stacks))
        for name in ("fibonacci", "prices", "<lambda>"):
            got = sum(weight for frames, weight in stacks if leaf(frames) == name)
            self.check_near(name, exports.self_of(session, name), got, len(stacks))
        self.assertEqual({frames[0] for frames, _ in stacks},
                         {"<program x>", "<thread worker:<b>>"})

    def test_coarser_units_have_the_same_total(self):
        session = exports.recording()
        nanoseconds = sum(weight for _, weight in exports.collapsed(
            exports.exported(session, "x.collapsed")))
        for unit, size in (("us", 1e3), ("ms", 1e6)):
            stacks = exports.collapsed(exports.exported(session, "x.folded", "--unit", unit))
            self.assertAlmostEqual(sum(weight for _, weight in stacks), nanoseconds / size, delta=1)

    def test_calls(self):
        session = exports.recording()
        stacks = exports.collapsed(exports.exported(session, "x.folded", "--metric", "calls"))
        self.check_same("calls", exports.calls(session), sum(weight for _, weight in stacks))
        self.check_same("calls of fibonacci", exports.calls_of(session, "fibonacci"),
                        sum(weight for frames, weight in stacks if leaf(frames) == "fibonacci"))

    def test_paths(self):
        """Those of the tree, by the names of the functions."""
        session = exports.recording()
        path_of, expected = [], collections.Counter()
        for node in exports.nodes(session):
            above = path_of[node.parent] if node.parent >= 0 else ()
            path_of.append(above + (re.sub(r" at 0x[0-9a-f]+", "", node.name),))
            if node.kind not in ("root", "fold root"):
                expected[len(path_of[-1]), "fibonacci" in path_of[-1]] += node.calls + node.resumes
        got = collections.Counter()
        for frames, weight in exports.collapsed(
                exports.exported(session, "x.folded", "--metric", "calls")):
            got[len(frames), any("fibonacci" in frame for frame in frames)] += weight
        self.check_same("calls by depth", {key: n for key, n in expected.items() if n}, dict(got))

    def test_several_processes(self):
        stacks = exports.collapsed(exports.exported(exports.family(), "x.folded"))
        roots = {frames[0] for frames, _ in stacks}
        self.assertEqual(len(roots), 3)
        self.assertEqual(sum(root.startswith("<process ") for root in roots), 2)

    def test_folded_contexts(self):
        session = exports.recording(max_nodes=40)
        stacks = exports.collapsed(exports.exported(session, "x.folded"))
        self.check_total("the sum of all stacks", session, sum(weight for _, weight in stacks))
        self.assertTrue(any("<folded contexts>" in frames for frames, _ in stacks))


class Speedscope(Case):
    def test_threads_totals_and_nesting(self):
        for session in (exports.recording(), exports.recording(max_nodes=40)):
            document = json.loads(exports.exported(session, "x.speedscope.json"))
            frames = document["shared"]["frames"]
            self.assertEqual([profile["name"] for profile in document["profiles"]],
                             ["<program x>", "<thread worker;<b>>"])
            self.check_total("ends", session,
                             sum(profile["endValue"] for profile in document["profiles"]))
            own = collections.Counter()
            for profile in document["profiles"]:
                stack, last = [], 0
                for event in profile["events"]:
                    self.assertGreaterEqual(event["at"], last)
                    if stack:
                        own[frames[stack[-1]]["name"]] += event["at"] - last
                    last = event["at"]
                    if event["type"] == "O":
                        stack.append(event["frame"])
                    else:
                        self.assertEqual(stack.pop(), event["frame"])
                self.assertEqual((stack, last), ([], profile["endValue"]))
            self.check_near("fibonacci", exports.self_of(session, "fibonacci"), own["fibonacci"],
                            len(exports.nodes(session)))


class Chrome(Case):
    def test_totals_calls_and_nesting(self):
        session = exports.recording()
        document = json.loads(exports.exported(session, "x.trace.json"))
        events = [event for event in document["traceEvents"] if event["ph"] == "X"]
        tops = 0
        ends = collections.defaultdict(list)
        for event in events:
            begin = round(event["ts"] * 1000)
            end = begin + round(event["dur"] * 1000)
            stack = ends[event["pid"], event["tid"]]
            while stack and stack[-1] <= begin and end > stack[-1]:
                stack.pop()
            if stack:
                self.assertLessEqual(end, stack[-1])
            else:
                tops += end - begin
            stack.append(end)
        self.check_total("outermost events", session, tops)
        self.check_same("calls of fibonacci", exports.calls_of(session, "fibonacci"),
                        sum(event["args"]["calls"] for event in events
                            if event["name"].startswith("fibonacci ")))
        names = {event["args"]["name"] for event in document["traceEvents"] if event["ph"] == "M"}
        self.assertIn("worker;<b>", names)


class Tables(Case):
    def test_csv(self):
        session = exports.recording()
        rows = list(csv.DictReader(exports.exported(session, "x.csv").splitlines()))
        own = sum(float(row["self"]) for row in rows)
        self.check_total("self time", session, round(own * 1e9))
        [row] = [row for row in rows if row["name"] == "fibonacci"]
        self.check_same("calls", str(exports.calls_of(session, "fibonacci")), row["calls"])
        self.check_same("file", exports.AWKWARD, row["file"])
        if exports.python().version_info >= (3, 11):
            names = [row["qualified_name"] for row in rows]
            self.assertEqual((names.count("Order.total"), names.count("Invoice.total")), (1, 1))

    def test_callgrind_adds_up(self):
        """Own time and that of callees is, summed up, what callers say of a function."""
        session = exports.recording()
        text = exports.exported(session, "x.callgrind")
        summary = int(re.search(r"^summary: (\d+)$", text, re.M).group(1))
        own = [int(cost) for cost in re.findall(r"^fn=.*\n\d+ (\d+)$", text, re.M)]
        self.check_same("the summary", sum(own), summary)
        self.check_total("the summary", session, summary)

    def test_dot(self):
        session = exports.recording()
        text = exports.exported(session, "x.dot", "--min", "0")
        own = re.findall(r'^ +f\d+ \[.*self_seconds="([\d.]+)"', text, re.M)
        self.check_total("self time", session, round(sum(map(float, own)) * 1e9))


class Svg(Case):
    def boxes(self, *options):
        root = xml.etree.ElementTree.fromstring(exports.exported(*options))
        return root, [(group.find(SVG + "title").text, int(group.get("data-x")),
                       int(group.get("data-w")), int(group.get("data-d")))
                      for group in root.iter(SVG + "g") if group.get("class") == "box"]

    def test_boxes_nest_and_fill(self):
        session = exports.recording()
        root, boxes = self.boxes(session, "x.svg", "--min", "0")
        self.check_same("the widest box", ("all", 0, int(root.get("data-total")), 0),
                        (boxes[0][0].split("\n")[0], *boxes[0][1:]))
        stack = []
        for title, x, width, depth in boxes:
            del stack[depth:]
            self.assertEqual(len(stack), depth, title)
            if stack:
                self.assertGreaterEqual(x, stack[-1][0])
                self.assertLessEqual(x + width, sum(stack[-1]))
            stack.append((x, width))
        threads = [width for _, _, width, depth in boxes if depth == 1]
        self.check_same("both threads", boxes[0][2], sum(threads))

    def test_what_is_small_is_left_out(self):
        _, every = self.boxes(exports.recording(), "x.svg", "--min", "0")
        _, some = self.boxes(exports.recording(), "x.svg", "--min", "10%")
        self.check_same("boxes", {box for box in every if box[2] >= every[0][2] / 10}, set(some))

    def test_names_are_no_markup(self):
        text = exports.exported(exports.recording(), "x.svg", "--min", "0")
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual(text.count("<script>"), 1)
        self.assertEqual(len(list(root.iter(SVG + "script"))), 1)
        self.assertFalse([element for element in root.iter() if element.tag.endswith("img")])
        titles = [element.text for element in root.iter(SVG + "title")]
        self.assertTrue(any("</script><img src=x onerror=alert(1)>" in title for title in titles))
        self.assertTrue(any("new\\x0aline\\x09tab\\x1b[31m" in title for title in titles))


class Names(Case):
    def test_no_format_has_control_characters(self):
        for name in ("x.collapsed", "x.callgrind", "x.speedscope.json", "x.svg", "x.csv",
                     "x.trace.json", "x.dot", "x.json", "x.html"):
            with self.subTest(name):
                text = exports.exported(exports.recording(), name)
                self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

    def test_nothing_is_taken_for_a_formula(self):
        text = exports.exported(exports.recording(), "x.csv")
        self.assertFalse([field for row in csv.reader(text.splitlines()) for field in row
                          if field.startswith(("=", "+", "-", "@"))])


# 9 functions that call each other 6 deep are 9 + 9**2 + ... + 9**6 contexts; two of them, called
# from elsewhere, make a ninth of that each.
MANY = """
def make(number):
    def function(depth):
        if depth:
            for callee in functions: callee(depth - 1)
    function.__code__ = function.__code__.replace(co_name="function%d" % number)
    return function
functions = [make(number) for number in range(9)]
for function in functions: function(5)
def elsewhere():
    functions[0](5)
    functions[1](5)
elsewhere()
"""


class Memory(Case):
    alone = True

    def test_large_trees(self):
        """700,000 contexts are exported within 100 MB, the profile itself included."""
        program = harness.write(harness.fresh_directory(), "many.py", MANY)
        session = exports.recording(program)
        stacks = harness.run(["sh", "-c", '"$1" export "$2" -f collapsed --metric calls | wc -l',
                              "sh", harness.pyperf(), session])
        self.assertGreater(int(stacks.stdout), 700000)
        if harness.sanitized():
            self.skip("sanitizers need memory of their own")
        for name in ("callgrind", "collapsed", "speedscope", "pprof", "svg", "csv", "chrome",
                     "dot", "html", "json", "pstats"):
            with self.subTest(name):
                process = subprocess.Popen([harness.pyperf(), "export", session, "-f", name,
                                            "-q", "-o", "/dev/null"])
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = status
                self.assertEqual(status, 0)
                self.assertLess(usage.ru_maxrss, 100 * 1024)


if __name__ == "__main__":
    harness.main()
