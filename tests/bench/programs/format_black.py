"""black on a file of the standard library, in one process.

SPDX-License-Identifier: MIT
"""
import os
import sys
import time

import black

path = os.path.join(os.path.dirname(os.__file__), sys.argv[1] if len(sys.argv) > 1 else "textwrap.py")
with open(path, encoding="utf-8") as file:
    text = file.read()
started = time.perf_counter()
formatted = black.format_str(text, mode=black.Mode(string_normalization=True))
print("seconds", time.perf_counter() - started, len(formatted))
