"""Damaged recordings; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import os
import shutil

from fuzzing import Target, built, harness

CODE = """import os, sys
def f(n):
    return n and f(n - 1)
def g():
    yield f(2)
def end():
    for line in g():
        [os.kill(os.getpid(), 9) for _ in "x" if "killed" in sys.argv]
f(3)
sorted([2, 1], key=f)
list(g())
end()
"""


# Which Python reads with a hundred functions of its own; without calls they are not in the way.
LATIN = "#!/usr/bin/python3\n  # coding: latin-1 \u00e9\n"


def pack(directory, *command):
    """The recording of a run whose profile could not be written: pyperf keeps it."""
    place = os.path.join(directory, "kept")
    os.mkdir(place)
    script = harness.write(directory, "script.py", LATIN + CODE if command == ("lines", "ended") else CODE)
    python = harness.interpreters()[-1]
    harness.run([harness.pyperf(), command[0], "--python", python.path, "-q", "-o", "/dev/full",
                 *command[1:-1], script, command[-1]], env=harness.environment(TMPDIR=place))
    session, = (name for name in os.listdir(place) if name.startswith("pyperf-"))
    packed = os.path.join(directory, "-".join(command))
    done = harness.run([built("pack_recording"), os.path.join(place, session, "recording"), packed])
    if done.status != 0:
        raise AssertionError(done)
    shutil.rmtree(place)
    return packed


class Recording(Target):
    name = "recording"
    reader = ("recording/reader", "recording/reader_calls", "recording/reader_lines",
              "recording/recording_check", "recording/recording_file", "recording/source_text")

    def small_seeds(self, directory):
        return [pack(directory, *command) for command in (
            ("run", "ended"), ("run", "--max-nodes=20", "killed"), ("lines", "ended"),
            ("lines", "--calls", "killed"))]


if __name__ == "__main__":
    harness.main()
