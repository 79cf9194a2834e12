"""Pygments on a file of the standard library.

SPDX-License-Identifier: MIT
"""
import os
import sys
import time

import pygments
import pygments.formatters
import pygments.lexers

path = os.path.join(os.path.dirname(os.__file__), sys.argv[1] if len(sys.argv) > 1 else "argparse.py")
with open(path, encoding="utf-8") as file:
    text = file.read()
started = time.perf_counter()
html = pygments.highlight(text, pygments.lexers.PythonLexer(), pygments.formatters.HtmlFormatter())
print("seconds", time.perf_counter() - started, len(html))
