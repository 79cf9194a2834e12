"""That the benchmark runs, compares like with like, and makes tables of what it measured.

usage: test_bench.py [--pyperf PATH]

What it measures here is not looked at: figures need a quiet machine.

SPDX-License-Identifier: MIT
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

import callgrind  # noqa: E402
import figures  # noqa: E402
import terminal  # noqa: E402
import ways  # noqa: E402


def made_up(name, **seconds):
    """A run of three rounds around these medians."""
    every = {way: {kind: [value - 0.001, value, value + 0.001] for kind in figures.KINDS}
             for way, value in seconds.items()}
    return {"python": "3.12.0", "program": name, "kind": "real", "seconds": every}


class Figures(harness.TestCase):
    def test_ratios(self):
        run = made_up("a", plain=1.0, cProfile=2.0, pyperf=1.4, none=0.9, floor=1.3)
        ratios = figures.summarize(run)[0]["workload"]["ratios"]
        self.assertAlmostEqual(ratios["ratio"][0], 0.4)
        self.assertAlmostEqual(ratios["engine alone"][0], 0.5)
        self.assertAlmostEqual(ratios["over floor"][0], 1.25)
        self.assertAlmostEqual(ratios["host"][0], 0.9)
        self.assertNotIn("ratio, no builtins", ratios)
        for value, low, high in ratios.values():
            self.assertTrue(low <= value <= high)

    def test_goals(self):
        runs = [made_up("a", plain=1.0, cProfile=2.0, pyperf=1.1),
                made_up("b", plain=1.0, cProfile=2.0, pyperf=1.9),
                made_up("nothing to compare with", plain=1.0, cProfile=1.01, pyperf=1.5)]
        goals = figures.goals((3, 12, 0), False, runs)
        self.assertAlmostEqual(goals[0]["value"][0], 0.3)
        self.assertEqual((goals[0]["programs"], goals[0]["met"]), (2, True))
        self.assertAlmostEqual(goals[3]["value"][0], 0.9)
        self.assertEqual(goals[3]["met"], False)
        self.assertIsNone(goals[1]["met"])

    def test_linking_does_not_flatter(self):
        runs = [made_up("a", **{"plain": 1.0, "none": 0.5, "cProfile": 2.0, "pyperf": 1.0,
                                "pyperf -builtins": 0.75})]
        goals = figures.goals((3, 12, 0), True, runs)
        self.assertAlmostEqual(goals[0]["value"][0], 0.5)
        self.assertAlmostEqual(goals[2]["value"][0], 1.5)

    def test_noise_meets_no_goal(self):
        runs = [made_up("a", plain=1.0, cProfile=2.0, pyperf=1.1),
                made_up("b", plain=1.0, cProfile=2.0, pyperf=0.9),
                made_up("c", plain=1.0, cProfile=2.0, pyperf=0.8)]
        goal = figures.goals((3, 12, 0), False, runs)[0]
        self.assertEqual((goal["value"][0], goal["met"]), (0, False))
        self.assertEqual(terminal.verdict(goal), "too noisy")

    def test_noise_is_left_out(self):
        runs = [made_up("a", plain=1.0, cProfile=2.0, pyperf=1.1),
                made_up("b", plain=1.0, cProfile=2.0, pyperf=0.9),
                made_up("c", plain=1.0, cProfile=2.0, pyperf=1.4)]
        goal = figures.goals((3, 12, 0), False, runs)[0]
        self.assertAlmostEqual(goal["value"][0], 0.2)
        self.assertEqual(goal["programs"], 2)


CALLGRIND = """\
positions: line
events: Ir
summary: 100

ob=/host
fl=???
fn=interpreter
0 10
cfn=on_event
calls=4 0
0 60
fn=on_event
0 35
fi=header.h
7 5
cfn=writer_leave
calls=2 0
0 20
fn=writer_leave
0 20
cfn=writer_leave
calls=1 0
0 8
"""


class Callgrind(harness.TestCase):
    def test_parse(self):
        counts = callgrind.parse(CALLGRIND.splitlines(True))
        self.assertEqual(counts.total, 100)
        self.assertEqual(counts.calls, {"on_event": 4, "writer_leave": 3})
        self.assertEqual(counts.inclusive, {"interpreter": 70, "on_event": 60, "writer_leave": 20})


class Bench(harness.TestCase):
    alone = True

    def test_runs(self):
        output = os.path.join(harness.fresh_directory(), "bench.json")
        done = harness.run([sys.executable, os.path.join(HERE, "bench.py"), "--pyperf", harness.pyperf(),
                            "--newest", "--programs", "fib,orders", "--rounds", "2", "--quick", "--no-install",
                            "--json", output], timeout=500)
        self.assertEqual(done.status, 0, str(done))
        self.assertNotIn("FAILED", done.stdout)
        with open(output) as file:
            report = json.load(file)
        self.assertEqual([run["program"] for run in report["runs"]], ["fib", "orders"])
        for run in report["runs"]:
            for way in (ways.PLAIN, ways.CPROFILE, ways.CPROFILE_PYTHON, ways.PYPERF,
                        ways.PYPERF_PYTHON, ways.NONE):
                self.assertEqual(len(run["seconds"][way]["workload"]), 2, way)
        done = harness.run([sys.executable, os.path.join(HERE, "tables.py"), output])
        self.assertEqual(done.status, 0, str(done))
        for text in ("## Against the goals", "#### Real programs\n", "| fib |", "| orders |"):
            self.assertIn(text, done.stdout)


harness.main()
