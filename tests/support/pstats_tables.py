"""Prints what this interpreter's pstats prints: reads questions as JSON, writes answers as JSON.

Each question is a dictionary: path, strip, sort (keys), reverse, tables (a list of "stats",
"callers", "callees" with the restrictions for each). An answer is the text that cProfile would
print, without pstats' line that names the file, or how it failed.

SPDX-License-Identifier: MIT
"""
import io
import json
import pstats
import sys
import traceback


def restriction(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def answer(question):
    stream = io.StringIO()
    stats = pstats.Stats(question["path"], stream=stream)
    stats.files = []
    if question["strip"]:
        stats.strip_dirs()
    stats.sort_stats(*question["sort"])
    if question["reverse"]:
        stats.reverse_order()
    for table, restrictions in question["tables"]:
        getattr(stats, "print_" + table)(*map(restriction, restrictions))
    return stream.getvalue()


def attempt(question):
    try:
        return answer(question)
    except Exception:
        return traceback.format_exc()


if sys.argv[1:] == ["keys"]:
    json.dump(sorted(pstats.Stats().get_sort_arg_defs()), sys.stdout)
else:
    json.dump([attempt(question) for question in json.load(sys.stdin)], sys.stdout)
