"""Comparing the counts of a pyperf profile with those of the interpreter's own cProfile.

Everything that may differ stands in one place, DOCUMENTED below, and each entry has a test of
its own in test_parity.py, which fails when the difference disappears or grows.

SPDX-License-Identifier: MIT
"""
import collections
import json
import os
import re

import harness

DOCUMENTED = {
    "root row": "pyperf has one row <program NAME> that calls what has no caller; cProfile's "
                "files have an exec row there, which the driver does without",
    "loader": "CPython makes a SourceFileLoader for a script before it runs the script; that call "
              "is recorded, and under cProfile it happened before",
    "end of __main__": "pyperf records to the end of the process: threading._shutdown, exit "
                       "functions, finalizers, threads that outlive main",
    "runpy": "under -m pyperf records runpy's own work, which cProfile does before it starts",
    "labels": "functions that share file, line and name are one row; cProfile keeps the last of "
              "them and loses the others, pyperf adds them up",
    "overridden": "cProfile names a method in C after whatever the object's type has under that "
                  "name: super().upper() in a subclass of str shows as <function Text.upper at "
                  "0x…>; pyperf names the method that runs",
    "addresses": "cProfile leaves addresses in names of builtins, pyperf takes them out",
    "method of builtin": "for MethodType(len, [1])() CPython 3.12 and later announces the call of a "
                         "method and the end of a call of len; cProfile takes the end of a call "
                         "that it has not seen begin for the end of the caller's own",
    "threads": "up to 3.11 cProfile sees one thread only; from 3.12 on it sees all, and keeps one "
               "stack for all of them, so that callers and recursion are wrong",
}


def normalised(label):
    """The label as a tuple, without what differs from run to run."""
    file, line, name = label
    return file, line, re.sub(r" at 0x[0-9a-f]+", "", name)


class Counts:
    """(primitive calls, calls) by label and by (caller, callee), as lists: several functions can
    have the same label."""

    def __init__(self):
        self.rows = collections.defaultdict(list)
        self.edges = collections.defaultdict(list)


def of_cprofile(python, script, *arguments, env=None, threads="one"):
    """Counts under the interpreter's own cProfile, and how the program ended."""
    output = os.path.join(harness.fresh_directory(), "counts.json")
    driver = os.path.join(harness.SUPPORT, "cprofile_driver.py")
    done = harness.run([python.path, driver, output, threads, script, *arguments], env=env)
    if not os.path.exists(output):
        raise AssertionError("the cProfile driver failed: %s" % done)
    with open(output) as file:
        table = json.load(file)
    counts = Counts()
    for label, primitive, calls, callees in table["rows"]:
        label = normalised(label)
        if is_profiler(label):
            continue
        counts.rows[label].append((primitive, calls))
        for callee, callee_primitive, callee_calls in callees:
            counts.edges[label, normalised(callee)].append((callee_primitive, callee_calls))
    counts.pstats = {normalised(label): (primitive, calls)
                     for label, primitive, calls in table["pstats"]}
    counts.raw_names = [label[2] for label, _, _, _ in table["rows"]]
    return done, counts


def is_profiler(label):
    return label[:2] == ("~", 0) and "_lsprof.Profiler" in label[2]


def of_pstats(stats, script):
    """Counts of pyperf's profile, with the calls that the interpreter made for a script taken
    out, and what else the root row calls besides the script's own code."""
    root = harness.root_label(stats)
    counts = Counts()
    others = {}
    for label, (primitive, calls, _, _, callers) in stats.items():
        if label == root:
            continue
        name = normalised(label)
        if root in callers:
            from_root = callers[root][0]
            if label[2] == "__init__" and label[0].startswith("<frozen importlib._bootstrap_external"):
                primitive, calls = primitive - from_root, calls - from_root
            elif label[0] != script or label[2] != "<module>":
                others[name] = from_root
        if calls:
            counts.rows[name].append((primitive, calls))
        for caller, edge in callers.items():
            if caller != root:
                counts.edges[normalised(caller), name].append((edge[1], edge[0]))
    return counts, others


def differences(expected, got, calls_only=False):
    """What differs, a line each. Where several of cProfile's functions share a label, the calls
    must add up; how many are primitive depends on how they call each other."""
    found = []
    kinds = (("row", expected.rows, got.rows), ("edge", expected.edges, got.edges))
    for kind, ours_expected, ours_got in kinds[:1] if calls_only else kinds:
        for key in sorted(set(ours_expected) | set(ours_got)):
            before, after = ours_expected.get(key, []), ours_got.get(key, [])
            difference = _compare(before, after, calls_only)
            if difference:
                found.append("%s %s: %s" % (kind, show(key), difference))
    return found


def _compare(before, after, calls_only):
    if len(after) > 1:
        return "%d rows of this label in one profile: %r" % (len(after), after)
    if not after:
        return "cProfile has (cc, nc) %r, pyperf has none" % before
    if not before:
        return "pyperf has (cc, nc) %r, cProfile has none" % after
    primitive, calls = after[0]
    if calls != _calls(before):
        return "calls: cProfile %r, pyperf %r" % (before, after)
    primitives = [row[0] for row in before]
    if calls_only or primitives == [primitive]:
        return None
    if len(before) > 1 and 1 <= primitive <= sum(primitives):
        return None
    return "primitive calls: cProfile %r, pyperf %r" % (before, after)


def name_overridden(expected, got):
    """Gives what cProfile calls <function Text.upper>, though it is in C, the name it has in
    pyperf's counts, where exactly one row's calls match. Returns the labels it renamed."""
    renamed = {}
    for label in list(expected.rows):
        if label[0] != "~" or not label[2].startswith("<function "):
            continue
        start = "<method '%s' of '" % label[2].rstrip(">").rpartition(".")[2]
        calls = _calls(expected.rows[label])
        candidates = [other for other in got.rows if other[0] == "~" and other[2].startswith(start)
                      and got.rows[other][0][1] == calls + _calls(expected.rows.get(other, []))]
        if len(candidates) == 1:
            renamed[label] = candidates[0]
            _rename(expected, label, candidates[0])
    return renamed


def _calls(rows):
    return sum(row[1] for row in rows)


def _rename(counts, label, new):
    counts.rows[new] += counts.rows.pop(label)
    for caller, callee in list(counts.edges):
        if label in (caller, callee):
            rows = counts.edges.pop((caller, callee))
            counts.edges[new if caller == label else caller,
                         new if callee == label else callee] += rows


def show(key):
    if isinstance(key[0], tuple):
        return "%s -> %s" % (show(key[0]), show(key[1]))
    return "%s:%d(%s)" % key
