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


def paths(nodes, without=None):
    """{path from a root: (calls, resumes)}, the trees of all threads laid over each other. What a
    function called `without` calls is its caller's, and it is no part of a path."""
    path_of, found = [], collections.defaultdict(lambda: (0, 0))
    for node in nodes:
        above = () if node.parent < 0 else path_of[node.parent]
        if node.name == without:
            path_of.append(above)
            continue
        path_of.append(above + ((node.file, node.line, node.name),))
        calls, resumes = found[path_of[-1]]
        found[path_of[-1]] = (calls + node.calls, resumes + node.resumes)
    return {path: counts for path, counts in found.items() if counts != (0, 0)}


def calls_by_function(nodes):
    """{(file, line, name): (calls, resumes)}, folded or not."""
    found = collections.defaultdict(lambda: (0, 0))
    for node in nodes:
        if node.kind not in ("root", "fold root"):
            key = (node.file, node.line, node.name)
            found[key] = (found[key][0] + node.calls, found[key][1] + node.resumes)
    return {key: counts for key, counts in found.items() if counts != (0, 0)}
