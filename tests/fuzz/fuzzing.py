"""What fuzz targets are tried with: damaged files crash no reader, hang none, and leave nothing
behind. AddressSanitizer and UndefinedBehaviorSanitizer watch.

test_NAME.py has the seeds of fuzz_NAME.c: real files, which it makes. PYPERF_FUZZ_SECONDS says
how long libFuzzer searches, where clang is there; a minute if it is not set.

SPDX-License-Identifier: MIT
"""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import harness  # noqa: E402


def build_directory():
    return os.path.join(os.path.dirname(harness.pyperf()), "..")


def built(name):
    return os.path.join(build_directory(), "tests", "fuzz", name)


class Target(harness.TestCase):
    name = None  # fuzz_NAME.c
    mutations = 100000

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
        if not shutil.which("clang"):
            self.skip("no clang, so no libFuzzer")
        made = harness.run(["cmake", "--build", build_directory(), "--target",
                            "libfuzzer_" + self.name], timeout=300, env=dict(os.environ))
        if made.status != 0:
            self.skip("clang cannot build libFuzzer's target: " + made.stdout[-500:])
        directory = harness.fresh_directory()
        corpus = os.path.join(directory, "corpus")
        os.mkdir(corpus)
        for path in self.small_seeds(directory):
            shutil.copy(path, corpus)
        seconds = int(os.environ.get("PYPERF_FUZZ_SECONDS", "60"))
        done = harness.run([built("libfuzzer_%s.bin" % self.name), "-timeout=10",
                            "-rss_limit_mb=1024", "-max_total_time=%d" % seconds, corpus],
                           cwd=directory, timeout=seconds + 120)
        if done.status != 0:
            self.fail(done)
