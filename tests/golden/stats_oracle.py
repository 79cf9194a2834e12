"""Prints with this interpreter's pstats what `pyperf stats` was asked for; see test_stats.py.
Reads the questions as JSON, writes the answers as JSON.

SPDX-License-Identifier: MIT
"""
import json
import sys

from pstats_oracle import load, restriction


def report(request):
    """The report as hexadecimal UTF-8; None where pstats fails."""
    try:
        stats, stream = load(request["paths"], request)
        limits = list(map(restriction, request["limits"]))
        stats.print_stats(*limits)
        for name, show in (("callers", stats.print_callers), ("callees", stats.print_callees)):
            if request[name] is not None:
                show(*([request[name]] if request[name] else limits))
    except (TypeError, KeyError):
        return None
    return stream.getvalue().encode("utf-8", "surrogatepass").hex()


json.dump([report(request) for request in json.load(sys.stdin)], sys.stdout)
