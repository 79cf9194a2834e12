"""json on nested data: the encoder in C, the one in Python (indent=), and the decoder.

SPDX-License-Identifier: MIT
"""
import json
import sys
import time


def record(n):
    return {"id": n, "name": "item %d" % n, "price": n * 1.25, "tags": ["a", "b\n", "ü%d" % n],
            "sizes": [[n, n + 1, None], [True, False, {"depth": [n] * 3}]],
            "maker": {"name": "maker %d" % (n % 7), "address": {"street": "s", "number": n}}}


def as_pair(pairs):
    """Called for each object that is read."""
    return dict(pairs)


def work(n):
    length = 0
    records = [record(i) for i in range(n)]
    for item in records:  # many small calls, as a server makes them
        text = json.dumps(item)
        length += len(text) + len(json.loads(text))
    text = json.dumps(records, indent=1)  # the encoder in Python
    back = json.loads(text, object_pairs_hook=as_pair)
    return length + len(text) + (back == records)


n = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
started = time.perf_counter()
result = work(n)
print("seconds", time.perf_counter() - started, result)
