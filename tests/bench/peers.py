"""Other profilers, each as its manual says to run a program under it.

SPDX-License-Identifier: MIT
"""
import os
import shutil


class Peer:
    """`module`: what `python -m` runs, with `options` before the program, where OUTPUT stands
    for a file to write. `binary`: a program of the environment's bin/ instead, that starts the
    interpreter itself."""

    def __init__(self, name, kind, options, module=None, binary=None, packages=()):
        self.name, self.kind, self.options = name, kind, options
        self.module, self.binary, self.packages = module, binary, tuple(packages)

    def command(self, setting, program):
        output = os.path.join(setting.directory, "peer", "out")
        options = [option.replace("OUTPUT", output) for option in self.options]
        if self.module:
            return [setting.path, "-m", self.module, *options, *program.command]
        binary = os.path.join(os.path.dirname(setting.path), self.binary)
        return [binary, *options, setting.path, *program.command]


TRACING, SAMPLING = "every call", "samples"
YAPPI = ("yappi==1.7.6",)

PEERS = {peer.name: peer for peer in [
    Peer("profile", TRACING, ["-o", "OUTPUT"], module="profile"),
    Peer("yappi cpu", TRACING, ["-b", "-c", "cpu", "-f", "pstat", "-o", "OUTPUT"], module="yappi",
         packages=YAPPI),
    Peer("yappi wall", TRACING, ["-b", "-c", "wall", "-f", "pstat", "-o", "OUTPUT"], module="yappi",
         packages=YAPPI),
    Peer("viztracer", TRACING, ["--quiet", "-o", "OUTPUT.json", "--"], module="viztracer",
         packages=("viztracer==0.16.3; python_version < '3.10'",
                   "viztracer==1.1.1; python_version >= '3.10'")),
    Peer("trace0", TRACING + ", Python functions only",
         ["run", "--output", "OUTPUT", "--format", "protobuf"], module="trace0",
         packages=("trace0==0.1.16",)),
    Peer("pyinstrument", SAMPLING, ["-o", "OUTPUT"], module="pyinstrument",
         packages=("pyinstrument==5.1.3",)),
    Peer("py-spy", SAMPLING, ["record", "-f", "raw", "-o", "OUTPUT", "--"], binary="py-spy",
         packages=("py-spy==0.4.3",)),
]}


def clear_outputs(setting):
    """Traces can be large: each run begins with none."""
    folder = os.path.join(setting.directory, "peer")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
