"""What the tests of formats share: recordings to export, and what should be in the files.

SPDX-License-Identifier: MIT
"""
import os
import re
import shutil

import harness
import packages
import trees

HERE = os.path.dirname(os.path.abspath(__file__))
AWKWARD = os.path.join(HERE, "awkward_names.py")


def python():
    """One interpreter will do: what is recorded under each is tested elsewhere."""
    return harness.chosen_interpreters()[-1]


@harness.locked
def recording(program=AWKWARD, *arguments, max_nodes=4000000):
    """The session directory of a run of a program."""
    session, done = trees.record(python(), [program, *arguments], max_nodes=max_nodes)
    if done.status != 0:
        raise AssertionError(str(done))
    return session


@harness.locked
def family():
    """The session directory of a program and its two children, kept as its profile could not be
    written."""
    done = harness.pyperf_run(
        python(), "-c", "import os, time\n"
        "def work(n): return n and work(n - 1) + len('x')\n"
        "work(20)\n"
        "for _ in range(2):\n"
        "    if os.fork() == 0: work(50); os._exit(0)\n"
        "    os.wait()\n", options=("--children", "all", "-o", "/dev/full"))
    kept = re.search(r"pyperf stats (/\S+)", done.stderr)
    if not kept:
        raise AssertionError(str(done))
    return kept.group(1)


@harness.locked
def nodes(session):
    return trees.read(session)


def total(session):
    """Nanoseconds that all functions took, each node's rounded."""
    return sum(node.self for node in nodes(session))


def calls(session):
    """Starts and resumptions of all functions."""
    return sum(node.calls + node.resumes for node in nodes(session)
               if node.kind not in ("root", "fold root"))


def self_of(session, name):
    return sum(node.self for node in nodes(session) if node.name == name)


def calls_of(session, name):
    return sum(node.calls + node.resumes for node in nodes(session) if node.name == name)


def export(session, name, *options):
    """The path of a file with this name, in the format that the name says."""
    path = os.path.join(harness.fresh_directory(), name)
    done = harness.run([harness.pyperf(), "export", session, "-o", path, *options])
    if done.status != 0:
        raise AssertionError(str(done))
    return path


def exported(session, name, *options):
    with open(export(session, name, *options), encoding="utf-8") as file:
        return file.read()


def collapsed(text):
    """[(frames, weight)] of collapsed stacks."""
    found = []
    for line in text.split("\n")[:-1]:
        match = re.fullmatch(r"(.*) (\d+)", line)
        if not match:
            raise AssertionError("no stack: %r" % line)
        found.append((match.group(1).split(";"), int(match.group(2))))
    return found


# Programs of others.


def tool(command, wanted, **more):
    """Runs another tool, which must end well and print `wanted`."""
    done = harness.run(command, **more)
    if done.status != 0 or wanted not in done.stdout:
        raise AssertionError("%s is not in it:\n%s" % (wanted, done))
    return done.stdout


def python_with(*requirements):
    """The Python of a virtual environment with these packages, and why there is none."""
    environment = packages.environment_of(python())
    name = " ".join(re.split("[=<>]", requirement)[0] for requirement in requirements)
    return environment.python, environment.install(name, requirements)


def found(name, *places):
    """A program on PATH or in one of these directories; None."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(places) or None)


def cached(name):
    path = os.path.join(packages.cache_directory("pyperf-tests"), name)
    os.makedirs(path, exist_ok=True)
    return path
