"""A profile of 200,000 functions and 1,000,000 callers: the same table as pstats prints, in less
memory. How long each of them takes is said, not judged.

SPDX-License-Identifier: MIT
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402

FUNCTIONS, CALLERS = 200000, 5

GENERATE = """
import marshal, random, sys
random.seed(7)
functions = [("/srv/app/lib/package%%d/module%%d.py" %% (n %% 97, n %% 1499), n %% 3001, "function_%%d" %% n)
             for n in range(%d)]
stats = {}
for number, function in enumerate(functions):
    callers = {random.choice(functions): (n + 2, n + 1, random.random(), random.random())
               for n in range(%d)}
    stats[function] = (number %% 50 + 1, number %% 70 + 1, random.random(), random.random() * 9, callers)
with open(sys.argv[1], "wb") as file:
    marshal.dump(stats, file)
print(sum(len(row[4]) for row in stats.values()))
""" % (FUNCTIONS, CALLERS)

PRINT = "import pstats, sys; pstats.Stats(sys.argv[1]).sort_stats('cumulative').print_stats()"

# Runs what follows, its output into a file, and says for how long and in how much memory.
MEASURE = """
import os, resource, subprocess, sys, time
started = time.perf_counter()
with open(sys.argv[1], "wb") as output:
    status = subprocess.call(sys.argv[2:], stdout=output)
seconds = time.perf_counter() - started
print(status, round(seconds, 3), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


class Scale(harness.TestCase):
    def measure(self, output, *command):
        done = harness.run([sys.executable, "-c", MEASURE, output, *command], timeout=300)
        status, seconds, kilobytes = done.stdout.split()
        if status != "0":
            self.fail(done)
        return float(seconds), int(kilobytes)

    def test_many_functions(self):
        directory = harness.fresh_directory()
        path, ours, theirs = (os.path.join(directory, name) for name in ("x.prof", "ours", "theirs"))
        done = harness.run([sys.executable, "-c", GENERATE, path], timeout=300)
        self.assertGreater(int(done.stdout), FUNCTIONS * CALLERS * 0.99)
        our_seconds, our_memory = self.measure(ours, harness.pyperf(), "stats", path)
        their_seconds, their_memory = self.measure(theirs, sys.executable, "-c", PRINT, path)
        print("%d MB: pyperf %.2f s and %d MB, pstats %.2f s and %d MB" % (
            os.path.getsize(path) >> 20, our_seconds, our_memory >> 10, their_seconds,
            their_memory >> 10))
        with open(ours, "rb") as a, open(theirs, "rb") as b:
            self.assertTrue(a.read() == b.read(), "the tables differ")
        self.assertLess(our_memory, their_memory)


if __name__ == "__main__":
    harness.main()
