"""Damaged files of cProfile and profile; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import os
import sys

from fuzzing import HERE, Target, harness

MAKER = os.path.join(HERE, "..", "golden", "make_profile.py")
AS_VERSIONS = """
import marshal, sys
with open(sys.argv[1], "rb") as file:
    stats = marshal.load(file)
for version in map(int, sys.argv[2:]):
    with open("%s.%d" % (sys.argv[1], version), "wb") as file:
        marshal.dump(stats, file, version)
"""


def make(directory, profiler, work, *versions):
    """One profile, as these versions of marshal write it."""
    path = os.path.join(directory, "%s-%s" % (profiler, work))
    for command in ([MAKER, profiler, path, work], ["-c", AS_VERSIONS, path, *map(str, versions)]):
        done = harness.run([sys.executable, *command], cwd=directory)
        if done.status != 0:
            raise AssertionError(done)
    os.remove(path)
    return ["%s.%d" % (path, version) for version in versions]


class Pstats(Target):
    name = "pstats"

    def small_seeds(self, directory):
        return (make(directory, "cProfile", "little", 2, 3, 4)
                + make(directory, "profile", "little", 4))

    def seeds(self, directory):
        return self.small_seeds(directory) + make(directory, "cProfile", "stdlib", 4)


if __name__ == "__main__":
    harness.main()
