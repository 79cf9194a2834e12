"""Records a program with a host, without the supervisor, and reads the whole call tree.

SPDX-License-Identifier: MIT
"""
import collections
import os

import harness

Node = collections.namedtuple("Node", "parent kind file line name calls resumes inclusive self folded")


def record(python, program, engine="auto", builtins=True, max_nodes=4000000, cpu=False, env=None):
    """The session directory of a run under this engine, and how it ended."""
    session = harness.fresh_directory()
    harness.write(session, "session", "program=x\ninterpreter=%s\nstarted=1\n" % python.path)
    options = "engine=%s scope=0 builtins=%d cpu=%d main-thread=0 startup=0 lines=0 line-calls=0 hot=0 max-nodes=%d in %s" % (
        engine, builtins, cpu, max_nodes, session)
    done = harness.run([python.host, options, python.path, *program], env=env)
    return session, done


def read(session, times="compensated"):
    """Its nodes, as tests/support/dump_tree.c prints them; times in nanoseconds."""
    tool = os.path.join(os.path.dirname(harness.pyperf()), "..", "tests", "unit", "dump_tree")
    done = harness.run([tool, session, times])
    if done.status != 0:
        raise AssertionError(str(done))
    nodes = []
    for line in done.stdout.splitlines():
        fields = line.split("\t")
        nodes.append(Node(int(fields[0]), *fields[1:3], int(fields[3]), fields[4], *map(int, fields[5:])))
    return nodes


class Paths:
    """Paths from a root as numbers, the same for the same path: trees have hundreds of thousands,
    and most are long."""

    def __init__(self):
        self.numbers = {}  # (number of the path above or -1, label): number
        self.ends = []     # by number, those pairs

    def below(self, above, label):
        number = self.numbers.setdefault((above, label), len(self.ends))
        if number == len(self.ends):
            self.ends.append((above, label))
        return number

    def names(self, number):
        names = []
        while number >= 0:
            number, label = self.ends[number]
            names.append(label[2])
        return names[::-1]


def count_paths(nodes, paths, without=None):
    """{path from a root: (calls, resumes)}, the trees of all threads laid over each other. What a
    function called `without` calls is its caller's, and it is no part of a path."""
    path_of, found = [], {}
    for node in nodes:
        above = path_of[node.parent] if node.parent >= 0 else -1
        if node.name == without:
            path_of.append(above)
            continue
        path = paths.below(above, (node.file, node.line, node.name))
        path_of.append(path)
        calls, resumes = found.get(path, (0, 0))
        found[path] = (calls + node.calls, resumes + node.resumes)
    return {path: counts for path, counts in found.items() if counts != (0, 0)}


def calls_by_function(nodes):
    """{(file, line, name): (calls, resumes)}, folded or not."""
    found = collections.defaultdict(lambda: (0, 0))
    for node in nodes:
        if node.kind not in ("root", "fold root"):
            key = (node.file, node.line, node.name)
            found[key] = (found[key][0] + node.calls, found[key][1] + node.resumes)
    return {key: counts for key, counts in found.items() if counts != (0, 0)}
