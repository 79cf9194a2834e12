"""What the programs beside it share: the work is cut into slices, and a forked child does the
same slices without a profiler, in turn with the profiled process.

A program has `SECTIONS`, a dictionary of functions by name, and `work(call, counts)`, which does one
slice by call(SECTIONS[name], counts[name]) for every section. It is started as

    PROGRAM calibrate               prints how many rounds of each section take a second
    PROGRAM truth COUNTS            the seconds that each section takes in this process
    PROGRAM run COUNTS              the same for the child; the process itself has no timers, and
                                    says how long its sections waited
    PROGRAM cprofile COUNTS         the same, with cProfile around the process's own work
    PROGRAM check COUNTS            the same, with timers in both, which should agree

COUNTS are the rounds of each section, as JSON. Truth that is measured in a child has three
advantages over truth from a run of python: the very same interpreter does the work (a recorder
may be linked otherwise than python is), both meet the same neighbours on the machine, and both
the same speed of its processor. Forked children are not recorded by pyperf.

On a busy machine processes wait for a processor. All times are less that wait, which the system
counts for each thread; it is asked before and after a section, in what calls the section.

SPDX-License-Identifier: MIT
"""
import json
import os
import random
import sys
import time

SLICES = 100


def tiny(a, b):
    return (a * 3 + b) & 0xffff


def calls_of_tiny(n):
    """Little but calls of a function that does little."""
    total = 0
    for i in range(n):
        total = tiny(total, i)
    return total


def flat(n):
    """Bytecode alone: nothing in it is called."""
    total = 0
    for i in range(n):
        total = (total * 3 + i) & 0xffff
        total ^= i
    return total


def waited():
    """Seconds that this thread has waited for a processor, so far; 0 where the system does not say."""
    try:
        file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return 0
    text = os.read(file, 100)
    os.close(file)
    return int(text.split()[1]) / 1e9


class Calls:
    """Calls sections and adds up how long they waited for a processor meanwhile."""

    def __init__(self):
        self.waits = {}

    def __call__(self, function, n):
        before = waited()
        self.call(function, n)
        name = function.__name__
        self.waits[name] = self.waits.get(name, 0) + waited() - before

    def call(self, function, n):
        function(n)

    def without_waits(self, seconds):
        return {name: seconds[name] - self.waits.get(name, 0) for name in seconds}


class Timer(Calls):
    """Also adds up how long they took."""

    def __init__(self):
        super().__init__()
        self.seconds = {}

    def call(self, function, n):
        started = time.perf_counter()
        function(n)
        took = time.perf_counter() - started
        self.seconds[function.__name__] = self.seconds.get(function.__name__, 0) + took

    def pop(self, name):
        return self.seconds.pop(name, 0) - self.waits.pop(name, 0)

    def result(self):
        return self.without_waits(self.seconds)


class Profilers(Calls):
    """Calls sections under cProfile. From 3.12 on a profiler sees all threads, and there can be one
    only; before, each call gets one, since each may be in a thread of its own."""

    def __init__(self):
        super().__init__()
        import cProfile
        self.make = cProfile.Profile
        self.made = [self.make()]
        self.sees_all = sys.version_info >= (3, 12)

    def call(self, function, n):
        if self.sees_all:
            function(n)
            return
        profiler = self.make()
        self.made.append(profiler)
        profiler.enable()
        function(n)
        profiler.disable()

    def slice(self, work, counts):
        if self.sees_all:
            self.made[0].enable()
        work(self, counts)
        if self.sees_all:
            self.made[0].disable()

    def result(self, names):
        found = {}
        for profiler in self.made:
            profiler.create_stats()
            for label, row in profiler.stats.items():
                if label[2] in names and label[0] != "~":
                    found[label[2]] = found.get(label[2], 0) + row[3]
        return self.without_waits(found)


def calibrate(sections):
    """Rounds a second: medians of short runs of all sections in turn, so that their proportions
    hold whatever the machine does meanwhile."""
    timer, rounds = Timer(), {}
    for name, function in sections.items():
        rounds[name] = 1
        while timer.pop(name) < 0.002:
            rounds[name] *= 2
            timer(function, rounds[name])
    took = {name: [] for name in sections}
    for _ in range(25):
        for name, function in sections.items():
            timer(function, rounds[name])
            took[name].append(timer.pop(name))
    return {name: rounds[name] / sorted(took[name])[12] for name in sections}


class Child:
    """A forked process that does slices when it is told to, and measures them."""

    def __init__(self, work, counts, slices):
        orders, self.orders = os.pipe()
        self.answers, answers = os.pipe()
        self.process = os.fork()
        if self.process:
            return
        timer = Timer()
        for _ in range(slices):
            os.read(orders, 1)
            work(timer, counts)
            os.write(answers, b".")
        os.write(answers, json.dumps(timer.result()).encode())
        os._exit(0)

    def do_slice(self):
        os.write(self.orders, b".")
        os.read(self.answers, 1)

    def seconds(self):
        found = json.loads(os.read(self.answers, 65536).decode())
        os.waitpid(self.process, 0)
        return found


def paired(work, counts, slices, do_slice):
    """Does all slices, each after the child's, and returns the child's times. Both are on one
    processor, picked anew by each run: two processors may differ in speed for a while."""
    os.sched_setaffinity(0, [random.choice(sorted(os.sched_getaffinity(0)))])
    child = Child(work, counts, slices)
    for _ in range(slices):
        child.do_slice()
        do_slice()
    return child.seconds()


def main(sections, work, slices):
    way = sys.argv[1]
    if way == "calibrate":
        print(json.dumps(calibrate(sections)))
        return
    counts = {name: max(1, count // slices) for name, count in json.loads(sys.argv[2]).items()}
    found = {}
    if way == "truth":
        timer = Timer()
        for _ in range(slices):
            work(timer, counts)
        found["truth"] = timer.result()
    elif way == "run":
        calls = Calls()
        found["truth"] = paired(work, counts, slices, lambda: work(calls, counts))
        found["waits"] = calls.waits
    elif way == "check":
        timer = Timer()
        found["truth"] = paired(work, counts, slices, lambda: work(timer, counts))
        found["measured"] = timer.result()
    elif way == "cprofile":
        profilers = Profilers()
        found["truth"] = paired(work, counts, slices, lambda: profilers.slice(work, counts))
        found["measured"] = profilers.result(sections)
    print(json.dumps(found))


def one_after_another(sections):
    """The usual `work`."""
    def work(call, counts):
        for name in sections:
            call(sections[name], counts[name])
    return work


def run(*functions, work=None, slices=SLICES):
    """What every program ends with. Slices are short, so that a disturbance meets both
    processes; programs whose work cannot be cut so small say how many they can do."""
    sections = {function.__name__: function for function in functions}
    main(sections, work or one_after_another(sections), slices)
