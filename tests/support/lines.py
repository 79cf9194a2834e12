"""Records the lines of a program with a host, without the supervisor, and reads them all.

SPDX-License-Identifier: MIT
"""
import collections
import os
import textwrap

import harness

Function = collections.namedtuple(
    "Function", "file line name thread calls inclusive decorated lines")
Line = collections.namedtuple("Line", "number hits inclusive own calls")  # times in nanoseconds
Call = collections.namedtuple("Call", "calls inclusive")
Source = collections.namedtuple("Source", "file changed text")
Recorded = collections.namedtuple("Recorded", "functions sources lost")


def options(session, scope=0, line_calls=0, hot=0, cpu=0, main_thread=0):
    return ("engine=auto scope=%d builtins=1 cpu=%d main-thread=%d startup=0 lines=1 line-calls=%d "
            "hot=%d max-nodes=4000000 in %s" % (scope, cpu, main_thread, line_calls, hot, session))


def new_session(python, patterns=()):
    session = harness.fresh_directory()
    harness.write(session, "session", "program=x\ninterpreter=%s\nstarted=1\n" % python.path)
    if patterns:
        harness.write(session, "choice", "".join(pattern + "\n" for pattern in patterns))
    return session


def record(python, *program, patterns=(), env=None, cwd=None, input="", **settings):
    """The session directory of a run, and how it ended."""
    session = new_session(python, patterns)
    command = [python.host, options(session, **settings), python.path, *program]
    return session, harness.run(command, env=env, cwd=cwd, input=input)


def _fields(line):
    return line.decode("utf-8", "replace").split("\t")


def read(session, times="compensated"):
    """What tests/support/dump_lines.c prints."""
    tool = os.path.join(os.path.dirname(harness.pyperf()), "..", "tests", "unit", "dump_lines")
    done = harness.run([tool, session, times], text=False)
    if done.status != 0:
        raise AssertionError(done.stderr.decode())
    functions, sources, lost = [], [], 0
    rest = done.stdout
    while rest:
        line, _, rest = rest.partition(b"\n")
        kind, *fields = _fields(line)
        if kind == "function":
            file, first, name, thread, calls, inclusive, decorated = fields
            functions.append(Function(file, int(first), name, int(thread), int(calls),
                                      int(inclusive), decorated == "1", {}))
        elif kind == "line":
            made = Line(*map(int, fields), {})
            functions[-1].lines[made.number] = made
        elif kind == "call":
            made.calls[fields[0]] = Call(int(fields[1]), int(fields[2]))
        elif kind == "source":
            size = int(fields[2])
            sources.append(Source(fields[0], fields[1] == "1", rest[:size].decode("utf-8")))
            rest = rest[size + 1:]
        else:
            lost = int(fields[0])
    return Recorded(functions, sources, lost)


def run(python, *program, times="compensated", **settings):
    """Records a program that ends well, and reads its lines."""
    session, done = record(python, *program, **settings)
    if done.status != 0:
        raise AssertionError(str(done))
    return read(session, times)


def only(recorded, name):
    """The one function of that qualified name."""
    found = [function for function in recorded.functions if function.name == name]
    if len(found) != 1:
        raise AssertionError("%d functions %s among %s" % (
            len(found), name, [function.name for function in recorded.functions]))
    return found[0]


def hits(function):
    """{line: hits} of the lines that were reached."""
    return {line.number: line.hits for line in function.lines.values() if line.hits}


class Program(harness.TestCase):
    per_interpreter = True

    def program(self, text, name="program.py"):
        return harness.write(harness.fresh_directory(), name, textwrap.dedent(text))

    def run_text(self, text, *arguments, **settings):
        return run(self.python, self.program(text), *arguments, **settings)
