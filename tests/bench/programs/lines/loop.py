"""A loop with next to nothing in it.

SPDX-License-Identifier: MIT
"""
import builtins
import sys
import time
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function


@profile
def loop(count):
    for number in range(count):
        last = number
    return last


count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000000
started = time.perf_counter()
result = loop(count)
print("seconds", time.perf_counter() - started, result)
