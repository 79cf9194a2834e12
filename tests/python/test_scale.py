"""Large trees: what a node costs in memory, and that the report still comes soon.

usage: see tests/support/harness.py

SPDX-License-Identifier: MIT
"""
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402

# A binary tree of calls with 2^19 - 1 paths, and a line at its end that says when that was.
PROGRAM = """
import time
def left(depth):
    if depth: left(depth - 1); right(depth - 1)
def right(depth):
    if depth: left(depth - 1); right(depth - 1)
left(18)
print("ended", time.time())
"""
NODES = 2 ** 19
BYTES_A_NODE = 80
FIXED = 3 << 20  # bytes: tables and regions before the first node, and what measurements scatter
SECONDS = 5.0  # far more than it takes: a hang, not a slow machine


def peak_memory(report):
    return float(re.search(r"peak memory ([\d.]+) MiB", report).group(1)) * (1 << 20)


class Scale(harness.TestCase):
    per_interpreter = True
    alone = True

    def run_it(self, *options):
        script = harness.write(harness.fresh_directory(), "tree.py", PROGRAM)
        done = harness.pyperf_run(self.python, script, options=("--no-builtins", "-n", "5", *options))
        after = time.time() - float(re.search(r"ended ([\d.]+)", done.stdout).group(1))
        self.check_same("status of " + str(done), 0, done.status)
        return done.stdout, after

    def test_large_tree(self):
        if self.python.version_info[:2] not in ((3, 11), harness.interpreters()[-1].version_info[:2]):
            self.skip("3.11 and the newest stand for all")
        report, after = self.run_it()
        self.assertRegex(report, r"%d/1 .*\(left\)" % (NODES // 2))
        bare, _ = self.run_it("--engine", "none")
        added = peak_memory(report) - peak_memory(bare)
        print("%s: %.1f bytes a node beside the program's own; the report came %.2f s after the end"
              % (self.python.version, (added - FIXED) / NODES, after))
        self.assertLess(added, BYTES_A_NODE * NODES + FIXED)
        self.assertLess(after, SECONDS)


if __name__ == "__main__":
    harness.main()
