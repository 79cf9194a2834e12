"""That an interpreter with the agent in it, and no engine, runs the program's instructions alone.

usage: test_agent.py [--pyperf PATH] [--only-python REGEX]

callgrind counts them, so that a busy machine gives the same figures. A program runs at two sizes:
the difference is what its calls cost, without start-up.

SPDX-License-Identifier: MIT
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

import callgrind  # noqa: E402
from workloads import FOLDER  # noqa: E402

PROGRAM = os.path.join(FOLDER, "fib.py")
SIZES = ("13", "17")
TOLERANCE = 0.005


def slope(run, python, **options):
    """How many instructions more the large run takes."""
    small, large = (run(python, [PROGRAM, size], **options).total for size in SIZES)
    return large - small


class NoEngine(harness.TestCase):

    def setUp(self):
        if not harness.has_agents():
            self.skip("this build has no agents")
        if callgrind.missing():
            self.skip(callgrind.missing())

    def check(self, python):
        plain = slope(callgrind.run_plain, python)
        agent = slope(callgrind.run_agent, python, engine="none")
        ratio = agent / plain - 1
        print("%s: fib(%s) − fib(%s): %d instructions, with the agent %+.3f %%" % (
            python.tag, *reversed(SIZES), plain, 100 * ratio), flush=True)
        self.assertLess(abs(ratio), TOLERANCE)

    def test_newest(self):
        self.check(harness.chosen_interpreters()[-1])

    def test_system(self):
        """Another way to profile, and another way to link, than the newest's."""
        found = [python for python in harness.chosen_interpreters()[:-1]
                 if python.base_prefix == "/usr"]
        if not found:
            self.skip("no interpreter of the system's, or it is the newest")
        self.check(found[0])


if __name__ == "__main__":
    harness.main()
