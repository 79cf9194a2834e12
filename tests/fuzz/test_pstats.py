"""Damaged files of cProfile and profile; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import marshal
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


def rare(directory):
    """What profilers seldom write: the mark of samples, containers that functions share, more
    callers than functions, integers beyond 32 bits, and beyond what any has."""
    nobody, row, times = {}, (1, 1, 0.5, 1.5, {}), [3, 2 ** 40, 2 ** 50, 0]
    late = ("late.py", 1, "named as a caller first")
    stats = {("__sampled__",): True, ("x.py", 1, "shared"): (1, 1, 1.5, 2.5, nobody),
             ("x.py", 2, "shared"): (1, 2 ** 40, 1, 2 ** 34, nobody),
             ("x.py", 3, "a list"): times + [()], ("x.py", 4, "h"): row, ("x.py", 5, "h"): row,
             ("x.py", 6, "k"): (1, 1, 0.5, 1.5, {late: (1, 1, 0.5, 1.5)}), late: (1, 1, 0.5, 1.5, None),
             ("y.py", 1, "called"): (1, 1, 0.0, 0.0, {("z.py", line, "g"): tuple(times)
                                                     for line in range(60)})}
    paths = []
    for name, content in ("rare", stats), ("too large", {("x.py", 1, "f"): (2 ** 70, 1, 1.0, 1.0, {})}):
        paths.append(os.path.join(directory, name))
        with open(paths[-1], "wb") as file:
            marshal.dump(content, file)
    return paths


class Pstats(Target):
    name = "pstats"
    reader = ("formats/pstats_read", "formats/pstats_keys", "formats/pstats_names",
              "formats/marshal")

    def small_seeds(self, directory):
        return (make(directory, "cProfile", "little", 2, 3, 4)
                + make(directory, "profile", "little", 4) + rare(directory))

    def seeds(self, directory):
        return self.small_seeds(directory) + make(directory, "cProfile", "stdlib", 4)


if __name__ == "__main__":
    harness.main()
