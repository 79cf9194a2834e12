"""The example program, CPU-bound threads included, with its work timed and its report dropped.

SPDX-License-Identifier: MIT
"""
import contextlib
import io
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "examples"))
sys.modules.pop("orders", None)
import orders  # noqa: E402

with contextlib.redirect_stdout(io.StringIO()) as report:
    started = time.perf_counter()
    orders.main(sys.argv[1:])
    seconds = time.perf_counter() - started
print("seconds", seconds, len(report.getvalue()))
