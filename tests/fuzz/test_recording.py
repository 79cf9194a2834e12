"""Damaged recordings; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import os
import shutil

from fuzzing import Target, built, harness

CODE = "def f(n): return n and f(n - 1)\nf(3)\nsorted([2, 1], key=f)\n"


def pack(directory, command):
    """The recording of a run whose profile could not be written: pyperf keeps it."""
    place = os.path.join(directory, "kept")
    os.mkdir(place)
    script = harness.write(directory, "script.py", CODE)
    python = harness.interpreters()[-1]
    harness.run([harness.pyperf(), command, "--python", python.path, "-q", "-o", "/dev/full", script],
                env=harness.environment(TMPDIR=place))
    session, = (name for name in os.listdir(place) if name.startswith("pyperf-"))
    packed = os.path.join(directory, command)
    done = harness.run([built("pack_recording"), os.path.join(place, session, "recording"), packed])
    if done.status != 0:
        raise AssertionError(done)
    shutil.rmtree(place)
    return packed


class Recording(Target):
    name = "recording"
    mutations = 20000  # each is written to a file first

    def small_seeds(self, directory):
        return [pack(directory, command) for command in ("run", "lines")]


if __name__ == "__main__":
    harness.main()
