"""What fuzz targets are tried with: damaged files crash no reader, hang none, and leave nothing
behind. AddressSanitizer and UndefinedBehaviorSanitizer watch.

test_NAME.py has the seeds of fuzz_NAME.c: real files, which it makes. PYPERF_FUZZ_SECONDS says
how long libFuzzer searches, where clang is there; a minute if it is not set. It is to come by nearly
all lines of the reader, and gets a second and a third minute to find more of them.

SPDX-License-Identifier: MIT
"""
import fcntl
import functools
import json
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402


SEARCHES = 3
ENOUGH = 95  # percent of a file's lines


def build_directory():
    return os.path.join(os.path.dirname(harness.pyperf()), "..")


def built(name):
    return os.path.join(build_directory(), "tests", "fuzz", name)


@functools.lru_cache(maxsize=None)
def build_libfuzzer():
    return harness.run(["cmake", "--build", build_directory(), "--target", "libfuzzer"],
                       timeout=400, env=dict(os.environ))


def libfuzzer(test):
    """The program that libFuzzer drives the test's target with."""
    if not shutil.which("clang"):
        test.skip("no clang, so no libFuzzer")
    with open(os.path.join(build_directory(), "libfuzzer.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # for the tests of the other targets
        made = build_libfuzzer()
    if made.status != 0 and "libclang_rt" in made.stdout + made.stderr:
        test.skip("this clang came without libFuzzer")
    if made.status != 0:
        test.fail(made)
    return built("libfuzzer/%s.fuzzer" % test.name)


class Target(harness.TestCase):
    name = None  # fuzz_NAME.c
    mutations = 100000
    reader = ()  # its files, below src, without suffix

    def small_seeds(self, directory):
        """Paths of a few files of some kilobytes, made in the directory."""
        raise NotImplementedError

    def seeds(self, directory):
        """The same of files that need not be so small."""
        return self.small_seeds(directory)

    def run_target(self, *arguments):
        program = built("fuzz_" + self.name)
        if not os.path.exists(program):
            self.skip("the compiler has no AddressSanitizer")
        done = harness.run([program, *arguments], timeout=500, env=harness.environment(
            ASAN_OPTIONS="detect_leaks=1", UBSAN_OPTIONS="print_stacktrace=1"))
        if done.status != 0:
            self.fail(done)
        return int(done.stdout.split()[0])

    def test_truncated(self):
        """Cut off at each of their bytes."""
        seeds = self.small_seeds(harness.fresh_directory())
        count = self.run_target("--truncate", *seeds)
        self.assertEqual(count, sum(os.path.getsize(path) + 1 for path in seeds))

    def test_mutated(self):
        """With one byte changed."""
        seeds = self.seeds(harness.fresh_directory())
        count = self.run_target("--mutate", str(self.mutations), *seeds)
        self.assertGreater(count, self.mutations - len(seeds))

    def test_libfuzzer(self):
        program = libfuzzer(self)
        directory = harness.fresh_directory()
        corpus = os.path.join(directory, "corpus")
        os.mkdir(corpus)
        for path in self.small_seeds(directory):
            shutil.copy(path, corpus)
        for _ in range(SEARCHES):
            missed = self.search(program, corpus)
            if not missed:
                return
        self.fail("libFuzzer came by too few lines of " + ", ".join(
            "%s (%.1f %%)" % item for item in missed.items()))

    def search(self, program, corpus):
        """The files of the reader of which too few lines were come by, and the share."""
        seconds = int(os.environ.get("PYPERF_FUZZ_SECONDS", "60"))
        directory = os.path.dirname(corpus)
        counts = os.path.join(directory, "counts")
        done = harness.run([program, "-timeout=30", "-rss_limit_mb=1024",
                            "-max_total_time=%d" % seconds, corpus],
                           cwd=directory, timeout=seconds + 120,
                           env=harness.environment(LLVM_PROFILE_FILE=counts))
        if done.status != 0:
            self.fail(done)
        shares = self.coverage(program, counts)
        return {name: shares[name] for name in self.reader if shares[name] < ENOUGH}

    def coverage(self, program, counts):
        """The share of lines that was come by, in percent, by file."""
        tools = [harness.run(["clang", "-print-prog-name=" + tool]).stdout.strip()
                 for tool in ("llvm-profdata", "llvm-cov")]
        if not all(map(shutil.which, tools)):
            self.skip("LLVM's tools for coverage are not there")
        summed = counts + ".summed"
        done = harness.run([tools[0], "merge", "-o", summed, counts])
        self.check_same("status of llvm-profdata", (0, ""), (done.status, done.stderr))
        done = harness.run([tools[1], "export", "-summary-only", "-instr-profile=" + summed, program])
        self.check_same("status of llvm-cov", 0, done.status)
        return {os.path.splitext(file["filename"].split("/src/")[-1])[0]:
                file["summary"]["lines"]["percent"]
                for file in json.loads(done.stdout)["data"][0]["files"]
                if file["filename"].endswith(".c")}
