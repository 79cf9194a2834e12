"""pylint on a file of the standard library, in this process.

SPDX-License-Identifier: MIT
"""
import io
import os
import sys
import time

import pylint.lint
from pylint.reporters.text import TextReporter

path = os.path.join(os.path.dirname(os.__file__), sys.argv[1] if len(sys.argv) > 1 else "bisect.py")
report = io.StringIO()
arguments = ["--rcfile=/dev/null", "--persistent=n", "--jobs=1", "--score=n", path]
started = time.perf_counter()
pylint.lint.Run(arguments, reporter=TextReporter(report), exit=False)
seconds = time.perf_counter() - started
print("seconds", seconds, report.getvalue().count("\n"))
