"""Prints with this interpreter's pstats what `pyperf stats` was asked for; see test_stats.py.
Reads the questions as JSON, writes the answers as JSON.

SPDX-License-Identifier: MIT
"""
import io
import json
import pstats
import sys

from pstats_oracle import restriction


def report(request):
    """The report as hexadecimal UTF-8; None where pstats fails."""
    stream = io.StringIO()
    try:
        stats = pstats.Stats(*request["paths"], stream=stream)
        if request["strip"]:
            stats.strip_dirs()
        if request["sort"]:
            stats.sort_stats(*request["sort"])
        if request["reverse"]:
            stats.reverse_order()
        limits = list(map(restriction, request["limits"]))
        stats.print_stats(*limits)
        for name, show in (("callers", stats.print_callers), ("callees", stats.print_callees)):
            if request[name] is not None:
                show(*([request[name]] if request[name] else limits))
    except (TypeError, KeyError):
        return None
    return stream.getvalue().encode("utf-8", "surrogatepass").hex()


json.dump([report(request) for request in json.load(sys.stdin)], sys.stdout)
