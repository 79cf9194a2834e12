"""Says what this interpreter's pstats finds in files and prints from them; see
compare_with_pstats.py. Reads the questions as JSON, writes the answers as JSON.

SPDX-License-Identifier: MIT
"""
import io
import json
import marshal
import pstats
import sys


def restriction(text):
    """As the interactive browser of pstats reads one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def table(path, request):
    stream = io.StringIO()
    stats = pstats.Stats(path, stream=stream)
    if request["strip"]:
        stats.strip_dirs()
    if request["sort"]:
        stats.sort_stats(*request["sort"])
    if request["reverse"]:
        stats.reverse_order()
    show = {"stats": stats.print_stats, "callers": stats.print_callers,
            "callees": stats.print_callees}[request["table"]]
    show(*map(restriction, request["limits"]))
    return stream.getvalue().encode("utf-8", "surrogatepass").hex()


def numbers(path):
    with open(path, "rb") as file:
        stats = marshal.load(file)
    return ascii(sorted((label, row[:4], sorted(row[4].items()))
                        for label, row in stats.items()))


if __name__ == "__main__":
    json.dump([{"numbers": numbers(job["path"]),
                "tables": [table(job["path"], request) for request in job["requests"]]}
               for job in json.load(sys.stdin)], sys.stdout)
