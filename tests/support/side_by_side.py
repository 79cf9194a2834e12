"""Runs commands with python and with pyperf, and compares how they end.

SPDX-License-Identifier: MIT
"""
import os
import re

import harness

DESCRIBE = os.path.join(harness.PROGRAMS, "describe.py")
QUIET = ["-q", "--report", os.devnull]


def without_chance(text):
    """Without addresses, process ids and unittest's times."""
    return re.sub(r"0x[0-9a-f]+|pid=\d+|in \d\.\d{3}s", "…", text)


class SideBySide(harness.TestCase):
    """Runs commands with python and with pyperf; `both` checks that they end alike."""

    def commands(self, operands, python_options=(), options=QUIET, python=None):
        """The two command lines."""
        passed_on = []
        words = iter(python_options)
        for word in words:
            if word in ("-X", "-W"):
                passed_on += [word, next(words)]
            else:
                passed_on.append("--python-option=" + word)
        python = python or self.python.path
        return ([python, *python_options, *operands],
                [harness.pyperf(), "run", "--python", python, *options, *passed_on, *operands])

    def both(self, operands, python_options=(), options=QUIET, wrap=(), python=None, **more):
        """Runs both and compares status and streams; returns how pyperf's ended."""
        plain, ours = (harness.run([*wrap, *command], **more)
                       for command in self.commands(operands, python_options, options, python))
        self.compare(plain, ours)
        return ours

    def compare(self, plain, ours):
        context = "\n--- python\n%s\n--- pyperf\n%s" % (plain, ours)
        self.check_same("stdout", *self.different_lines(plain.stdout, ours.stdout))
        self.check_same("stderr", without_chance(plain.stderr), without_chance(ours.stderr))
        self.check_same("status" + context, plain.status, ours.status)

    def different_lines(self, expected, got):
        """Only what differs, where there is much."""
        first, second = expected.splitlines(), got.splitlines()
        if expected == got or len(first) != len(second) or len(first) < 10:
            return expected, got
        pairs = [pair for pair in zip(first, second) if pair[0] != pair[1]]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
