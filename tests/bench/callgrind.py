"""Counts the instructions of a recorder's run, function by function, with valgrind's callgrind.

Recorders are started as `pyperf run` starts them, with a directory that nobody reads.

SPDX-License-Identifier: MIT
"""
import os
import shutil

import harness

# The functions that the interpreter calls for an event, of all engines.
CALLBACKS = ("on_event", "on_python_event", "on_start", "on_resume", "on_return", "on_call",
             "on_call_end")

# The frames engine's: it runs a whole frame, which is two events, so that what counts is its own
# and what it calls to record.
FRAME_CALLBACK = "evaluate"
FRAME_CALLEES = ("functions_enter_code", "writer_leave_slowly")

# Hashes are fixed, and no run writes bytecode that another would find.
ENVIRONMENT = harness.environment(PYTHONPYCACHEPREFIX=None, PYTHONDONTWRITEBYTECODE="1")


def missing():
    """None if valgrind is there, else why not."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


class Counts:
    """What one run executed: `total` instructions; for each function "calls" of it, its "own"
    and its "inclusive" instructions (those of what it called, too)."""

    def __init__(self):
        self.total, self.calls, self.own, self.inclusive = 0, {}, {}, {}

    def add(self, function, instructions, own):
        self.inclusive[function] = self.inclusive.get(function, 0) + instructions
        if own:
            self.own[function] = self.own.get(function, 0) + instructions

    def events(self):
        """How many events our callbacks were called for."""
        return sum(self.calls.get(name, 0) for name in CALLBACKS) + 2 * self.calls.get(FRAME_CALLBACK, 0)

    def recording(self):
        """The instructions in our callbacks and what they call."""
        return (sum(self.inclusive.get(name, 0) for name in CALLBACKS) + self.own.get(FRAME_CALLBACK, 0)
                + sum(self.inclusive.get(name, 0) for name in FRAME_CALLEES if FRAME_CALLBACK in self.calls))


def name_in(text):
    """A function's name without the level of recursion: "evaluate'2" is "evaluate"."""
    return text.rstrip("\n").partition("'")[0]


def parse(lines):
    """Reads a callgrind.out file that was written without compressing names and positions.

    Below "fn=NAME" stand lines "POSITION COST" of the function itself; "cfn=NAME", "calls=COUNT …"
    and then "POSITION COST" are calls of another, with what they cost inclusively."""
    counts = Counts()
    function = callee = None
    of_call = False
    for line in lines:
        if line.startswith("fn="):
            function = name_in(line[3:])
        elif line.startswith("cfn="):
            callee = name_in(line[4:])
        elif line.startswith("calls="):
            counts.calls[callee] = counts.calls.get(callee, 0) + int(line[6:].split()[0])
            of_call = True
        elif line.startswith("summary:"):
            counts.total = int(line.split()[1])
        elif line[:1].isdigit():
            if not (of_call and callee == function):  # what recursion costs is counted already
                counts.add(function, int(line.split()[1]), own=not of_call)
            of_call = False
    return counts


def count(command, environment=None):
    """What a command executes whose program prints "seconds …"."""
    directory = harness.fresh_directory()
    output = os.path.join(directory, "callgrind.out")
    done = harness.run(["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no",
                        "--callgrind-out-file=" + output, *command],
                       env=environment or ENVIRONMENT, cwd=directory, timeout=600)
    if done.status != 0 or not done.stdout.startswith("seconds "):
        raise SystemExit("failed: %s" % done)
    with open(output, errors="replace") as file:
        return parse(file)


def record_options(directory, engine, builtins):
    """The text in which `pyperf run` tells a recorder what to do."""
    return ("engine=%s scope=0 builtins=%d cpu=0 main-thread=0 startup=0 lines=0 line-calls=0 hot=0 max-nodes=4000000 in %s"
            % (engine, builtins, directory))


def run(interpreter, program, engine="auto", builtins=True):
    """Runs a program (a path and its arguments) in the embedded host under callgrind."""
    options = record_options(harness.fresh_directory(), engine, builtins)
    return count([interpreter.host, options, interpreter.path, "-S", "-s", *program])


def run_plain(interpreter, program):
    """Runs it in the interpreter as it is."""
    return count([interpreter.path, "-S", "-s", *program])


def run_agent(interpreter, program, engine="auto", builtins=True):
    """Runs it in the interpreter with the agent."""
    directory = harness.fresh_directory()
    preload = os.path.join(os.path.dirname(interpreter.host), "pyperf-preload.so")
    counts = count([interpreter.path, "-S", "-s", *program],
                   dict(ENVIRONMENT, LD_PRELOAD=os.path.abspath(preload),
                        PYPERF_RECORD=record_options(directory, engine, builtins)))
    if not os.listdir(directory):
        raise SystemExit("the agent was not loaded into %s" % interpreter.path)
    return counts
