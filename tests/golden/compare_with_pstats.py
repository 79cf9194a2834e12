"""Compares the files and tables of random profiles with Python's own pstats, byte for byte.

usage: compare_with_pstats.py RANDOM_PROFILE [PYTHON…]

RANDOM_PROFILE is the program made from tests/support/random_profile.c. Every CPython from 3.8 on
that is found (or given) must load the file, find in it the numbers that lsprof's rules give for
the tree, and print the same tables.

SPDX-License-Identifier: MIT
"""
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ORACLE = os.path.join(HERE, "pstats_oracle.py")
TREES = [(1, 2), (2, 9), (3, 60), (5, 500), (6, 4000), (4, 500)]  # (seed, nodes)
KEYS = ["calls", "cumtime", "cumulative", "filename", "line", "module", "name", "ncalls", "nfl",
        "pcalls", "stdname", "time", "tottime"]
SORTS = [[]] + [[key] for key in KEYS] + [
    ["ca"], ["cumu"], ["cu"], ["f"], ["l"], ["m"], ["na"], ["nf"], ["nc"], ["p"], ["s"], ["ti"],
    ["to"], ["calls", "name"], ["line", "file", "time"], ["time", "time"],
    ["pcalls", "line", "stdname", "cumtime"]]
LIMITS = [["0"], ["1"], ["7"], ["-1"], ["100000"], ["1_0"], [" +3 "], ["0.0"], ["0.1"], ["0.5"],
          [".25"], ["1.0"], ["1e-5"], ["0.333"], ["5e-1"], ["0.123456789012345678"], ["-0.0"],
          ["work"], [r"a\.py:10"], [r"^\{"], ["it's"], ["""it's|"file\""""], ['"file"'],
          [r"\d{4,}"], ["é|文"], ["(?i)LAMBDA"], [r"\bwork\b"], ["no such function"], [""],
          ["\t|n"], ["\u00a0|n"], ["\x7f|n"], ["🐍"], [r"(?P<first>n).*(?P=first)"], [r"\)$"],
          [r"\(na\wve\)"],
          ["0.8", "a", "3"], ["5", "0.5", "o"], ["a", "b", "c"], ["20", "10", "5"]]


def pythons():
    patterns = ["/usr/bin/python3.*", "/usr/local/bin/python3.*",
                os.path.expanduser("~/.pyenv/versions/*/bin/python3.*"),
                os.path.expanduser("~/.local/share/uv/python/*/bin/python3.*")]
    found = {}
    for path in sorted(path for pattern in patterns for path in glob.glob(pattern)):
        if re.search(r"/python3\.\d+$", path):
            found.setdefault(os.path.realpath(path), path)
    return [path for path in found.values() if version(path) >= (3, 8)]


def version(python):
    try:
        shown = subprocess.run([python, "-c", "import sys; print(*sys.version_info[:2])"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        return tuple(int(part) for part in shown.split())
    except (OSError, ValueError):
        return (0, 0)


def requests():
    for sort in SORTS:
        for reverse in (False, True):
            for strip in (False, True):
                yield {"table": "stats", "sort": sort, "reverse": reverse, "strip": strip,
                       "limits": []}
    for limits in LIMITS:
        for table in ("stats", "callers", "callees"):
            yield {"table": table, "sort": ["cumulative"], "reverse": False, "strip": True,
                   "limits": limits}
    for table in ("callers", "callees"):
        for sort in ([], ["time"], ["nfl"], ["calls", "stdname"]):
            for strip in (False, True):
                yield {"table": table, "sort": sort, "reverse": bool(sort), "strip": strip,
                       "limits": []}


def requests_for(number):
    """All of them for the last tree, and between them all once more for the others."""
    others = len(TREES) - 1
    return [request for index, request in enumerate(requests())
            if number == others or index % others == number]


def our_table(program, seed, nodes, request, heading):
    # pstats prints no file name once the statistics come from a profiler, as in `-m cProfile`.
    command = [program, str(seed), str(nodes), request["table"]]
    command += ["heading=" + heading] if heading else []
    command += ["strip"] if request["strip"] else []
    command += ["reverse"] if request["reverse"] else []
    command += ["sort=" + ",".join(request["sort"])] if request["sort"] else []
    command += ["limit=" + limit for limit in request["limits"]]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def text_of(field):
    return bytes.fromhex(field[1:]).decode("utf-8", "surrogatepass")


def read_tree(program, seed, nodes):
    lines = subprocess.run([program, str(seed), str(nodes), "tree"], stdout=subprocess.PIPE,
                           check=True).stdout.decode().splitlines()
    tree = []
    for line in lines:
        parent, kind, calls, resumes, inclusive, first_line, file, name = line.split()
        label = text_of(file), int(first_line), text_of(name)
        if kind == "builtin":
            label = "~", 0, re.sub(r" at 0x[0-9A-Fa-f]+", "", label[2])
        elif kind == "root":
            label = "~", 0, "<program dir/script.py>"
        tree.append((int(parent), label, int(calls) + int(resumes), int(inclusive)))
    return tree


def expected_numbers(tree):
    """What lsprof would have counted, by the slow way: each node looks at its whole path."""
    own = [inclusive for *_, inclusive in tree]
    for parent, _, _, inclusive in tree:
        if parent >= 0:
            own[parent] -= inclusive
    rows, edges = {}, {}
    for index, (parent, label, calls, inclusive) in enumerate(tree):
        row = rows.setdefault(label, [0, 0, 0, 0])
        if parent < 0:
            row[:] = [1, 1, row[2] + own[index], row[3] + inclusive]
            continue
        path = [index]
        while tree[path[-1]][0] >= 0:
            path.append(tree[path[-1]][0])
        labels = [tree[node][1] for node in path]
        pairs = list(zip(labels[1:], labels))
        edge = edges.setdefault(label, {}).setdefault(labels[1], [0, 0, 0, 0])
        for sums, primitive in ((row, label not in labels[1:]),
                                (edge, pairs[0] not in pairs[1:])):
            sums[0] += calls * primitive
            sums[1] += calls
            sums[2] += own[index]
            sums[3] += inclusive * primitive
    unit = 2.0 ** -20
    return {label: (cc, nc, tt * unit, ct * unit,
                    {caller: (enc, ecc, ett * unit, ect * unit)
                     for caller, (ecc, enc, ett, ect) in edges.get(label, {}).items()})
            for label, (cc, nc, tt, ct) in rows.items()}


def canonical(stats):
    return ascii(sorted((label, row[:4], sorted(row[4].items()))
                        for label, row in stats.items()))


def ask(python, jobs):
    result = subprocess.run([python, "-E", ORACLE], input=json.dumps(jobs).encode(),
                            stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def describe(tree, request):
    return "seed %d, %d nodes, %s" % (tree[0], tree[1], json.dumps(request))


def first_difference(ours, theirs):
    for number, (left, right) in enumerate(zip(ours.split(b"\n"), theirs.split(b"\n")), 1):
        if left != right:
            return "line %d\n  ours:   %r\n  pstats: %r" % (number, left, right)
    return "one is longer: %d bytes, pstats %d" % (len(ours), len(theirs))


def main():
    program = sys.argv[1]
    interpreters = sys.argv[2:] or pythons()
    if not interpreters:
        sys.exit("no Python from 3.8 on was found")
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        jobs, ours, numbers = [], [], []
        for number, (seed, nodes) in enumerate(TREES):
            path = os.path.join(directory, "%d.prof" % seed)
            subprocess.run([program, str(seed), str(nodes), "prof", path], check=True)
            heading = time.ctime(os.stat(path).st_mtime) + "    " + path
            wanted = requests_for(number)
            jobs.append({"path": path, "requests": wanted})
            ours.append([our_table(program, seed, nodes, request,
                                   heading if request["table"] == "stats" else None)
                         for request in wanted])
            numbers.append(canonical(expected_numbers(read_tree(program, seed, nodes))))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as executor:
            all_answers = list(executor.map(lambda python: ask(python, jobs), interpreters))
        for python, answers in zip(interpreters, all_answers):
            compared = 0
            for tree, job, tables, expected, answer in zip(TREES, jobs, ours, numbers, answers):
                if answer["numbers"] != expected:
                    failures += 1
                    print("%s: seed %d: other numbers in the file" % (python, tree[0]))
                for request, table, shown in zip(job["requests"], tables, answer["tables"]):
                    compared += 1
                    theirs = bytes.fromhex(shown)
                    if table != theirs:
                        failures += 1
                        print("%s: %s: %s" % (python, describe(tree, request),
                                              first_difference(table, theirs)))
            print("%s: %d tables compared" % (python, compared))
    sys.exit("%d differences" % failures if failures else 0)


if __name__ == "__main__":
    main()
