"""Whenever a program is killed, its profile can be read and no call is missing from it.

A busy program with several threads counts its own calls in a page that outlives it
(tests/programs/tortured.py). It is killed two hundred times, at moments that nobody chose, and
each time what was recorded is compared with the page: a thread can have been killed between the two
counts of the call it was beginning, so of all its functions' counts one may be ahead by one.

usage: see tests/support/harness.py

SPDX-License-Identifier: MIT
"""
import concurrent.futures
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import harness  # noqa: E402
import trees  # noqa: E402

PROGRAM = os.path.join(harness.PROGRAMS, "tortured.py")
THREADS, FUNCTIONS = 4, ("leaf", "branch", "recursive", "generator", "raises", "new")
KILLS = 200  # of every ninth the supervisor is killed, too
STARTS = 60
NOTHING = b"pyperf: Python was ended by signal 9 (Killed) before it ran the program; there is nothing to report\n"
AT_A_TIME = 6
LONGEST = 0.15  # seconds of life after the program's first line
PATIENCE = 60.0

# The ways of recording, by turns.
OPTIONS = ([], ["--no-builtins"], ["--max-nodes", "16"], ["--clock", "cpu"], ["--startup"])


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.001)
    raise AssertionError("waited in vain for the program")


def victims():
    """Debian's 3.11, the first target, and the newest; what there is where one is missing."""
    found = harness.chosen_interpreters()
    first = [python for python in found if python.version_info[:2] == (3, 11)][:1]
    return first + [python for python in found[-1:] if python not in first] or found[:1]


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def own_counts(page):
    return struct.unpack_from("<%dq" % (THREADS * len(FUNCTIONS)), page, 8)


def compare(own, recorded_calls):
    """What is wrong with recorded_calls(name, file), or None."""
    for index in range(THREADS):
        ahead = []
        for number, name in enumerate(FUNCTIONS):
            difference = recorded_calls(name, "thread%d.py" % index) - own[index * len(FUNCTIONS) + number]
            if difference:
                ahead.append((name, difference))
        if ahead and (len(ahead) > 1 or ahead[0][1] != 1):
            return "thread %d: the profile is ahead by %r" % (index, ahead)
    return None


def is_zombie(pid):
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def program_of(pid):
    """The recorder that a pyperf has started, once it has become one; else None."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            for child in file.read().split():
                with open("/proc/%s/cmdline" % child, "rb") as file:
                    if os.fsencode(PROGRAM) in file.read() and os.path.basename(os.readlink("/proc/%s/exe" % child)) != "pyperf":
                        return int(child)
    except OSError:
        pass
    return None


class Torture(harness.TestCase):
    alone = True

    def start(self, python, options):
        """A directory with tmp and x.prof in it, the pyperf process, and the page it counts in."""
        folder = harness.fresh_directory()
        os.mkdir(os.path.join(folder, "tmp"))
        page = os.path.join(folder, "page")
        with open(page, "w+b") as file:
            file.truncate(4096)
            counts = mmap.mmap(file.fileno(), 4096)
        process = subprocess.Popen(
            [harness.pyperf(), "run", "--python", python.path, "-q", "-o", os.path.join(folder, "x.prof"),
             *options, PROGRAM, page],
            env=harness.environment(TMPDIR=os.path.join(folder, "tmp")), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        self.addCleanup(end, process)
        return folder, process, counts

    def kill(self, python, options, delay):
        """Kills the program `delay` seconds after its start. What is wrong with the profile, or
        None; and how many calls the program had made."""
        folder, process, counts = self.start(python, options)
        pid = wait_for(lambda: struct.unpack_from("<q", counts)[0])
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        _, said = process.communicate(timeout=PATIENCE)
        if (process.returncode, said) != (-signal.SIGKILL, b""):
            return "ended with %d and said %r" % (process.returncode, said), 0
        if os.listdir(os.path.join(folder, "tmp")):
            return "the recording was left behind", 0
        own = own_counts(counts)
        stats = harness.load_pstats(os.path.join(folder, "x.prof"))
        return compare(own, lambda name, file: harness.calls_of(stats, name, file)), sum(own)

    def kill_both(self, python, options, delay):
        """The same, where the supervisor is killed before the program, and `pyperf stats` is asked."""
        folder, process, counts = self.start(python, options)
        pid = wait_for(lambda: struct.unpack_from("<q", counts)[0])
        time.sleep(delay)
        process.kill()
        os.kill(pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
        place = os.path.join(folder, "tmp")
        sessions = os.listdir(place)
        if len(sessions) != 1 or os.path.exists(os.path.join(folder, "x.prof")):
            return "left %r" % (sessions + os.listdir(folder)), 0
        session = os.path.join(place, sessions[0])
        wait_for(lambda: not os.path.exists("/proc/%d" % pid) or is_zombie(pid))
        done = harness.run([harness.pyperf(), "stats", session])
        if (done.status, done.stderr) != (0, "") or "Nobody saw the program's end" not in done.stdout:
            return str(done), 0
        calls = trees.calls_by_function(trees.read(session))
        own = own_counts(counts)
        return compare(own, lambda name, file: sum(
            sum(count) for (path, _, function), count in calls.items() if (path, function) == (file, name))), sum(own)

    def test_two_hundred_kills(self):
        seed = random.randrange(10 ** 6)
        chance = random.Random(seed)
        pythons = victims()
        jobs = []
        for n in range(KILLS):
            options = OPTIONS[n // len(pythons) % len(OPTIONS)]
            how = self.kill_both if n % 9 == 8 else self.kill
            jobs.append((how, pythons[n % len(pythons)], options, chance.uniform(0, LONGEST)))
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            outcomes = list(pool.map(lambda job: job[0](*job[1:]), jobs))
        wrong = ["%s: %s %s after %.4f s: %s" % (how.__name__, python.version, options, delay, problem)
                 for (how, python, options, delay), (problem, _) in zip(jobs, outcomes) if problem]
        self.check_same("profiles of %d kills (seed %d)" % (KILLS, seed), [], wrong)
        self.assertGreater(sum(calls for _, calls in outcomes), 1000 * KILLS, "the programs hardly ran")

    def test_killed_while_python_starts(self):
        """Before the program's first line there is nothing to report, and that is no failure."""
        def kill(delay):
            folder, process, _ = self.start(victims()[0], [])
            pid = wait_for(lambda: program_of(process.pid))
            time.sleep(delay)
            os.kill(pid, signal.SIGKILL)
            _, said = process.communicate(timeout=PATIENCE)
            if process.returncode != -signal.SIGKILL or os.listdir(os.path.join(folder, "tmp")):
                return "ended with %d" % process.returncode
            if os.path.exists(os.path.join(folder, "x.prof")):
                return None if said == b"" else said
            return None if said == NOTHING else said

        delays = [0.0005 * n for n in range(STARTS)]
        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            wrong = [item for item in zip(delays, pool.map(kill, delays)) if item[1]]
        self.check_same("ends after so many seconds", [], wrong)


if __name__ == "__main__":
    harness.main()
