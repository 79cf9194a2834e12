"""The shares and totals in profiles are those of the same work without a profiler.

All cases are judged under the newest interpreter and under a 3.11, the newest without PEP 669;
a few under the others. The machine may disturb a measurement; so what is off is measured again,
twice at most and with more rounds. What is off by more than its limit must be so by more than
chance explains: the error of the median, doubled, is allowed for. Where a limit is known not to
be met, the table MISSED has what is allowed instead, and why.

SPDX-License-Identifier: MIT
"""
import measuring
from measuring import harness

SECONDS = 0.2
ROUNDS = (3, 4, 6)  # at first, and added by each repetition
WAYS = ("pyperf", "no-builtins")
FEW = ("functions 20", "functions 80", "builtins 50", "methods")


class Limits:
    """How far a share (in percentage points) and the total (in per cent) may be off."""

    def __init__(self, share, total):
        self.share, self.total = share, total


# While a profile function is set, up to 3.11, the interpreter runs all bytecode more slowly, also
# where nothing is called. That is no cost of calls: it cannot be taken off, and it is not the
# same for all bytecode. So the totals are not judged there.
EXACT = Limits(share=3, total=5)
SLOWED_DOWN = Limits(share=8, total=None)

# {engine: {group of cases: limits}}.
# - The slower bytecode again: next to it, whatever is spent in C, in raising or in waiting looks
#   short, and a call in C is not slowed down at all.
# - Deep recursion under the frames engine uses as much C stack as it is deep, which leaves the
#   processor's cache; a call of a small function, with which costs are measured, does not.
# - Where recording doubles the time, one part in ten of its cost is one in twenty of the total.
# The limits are what docs/performance.md shows, rounded up: without compensation shares are off by
# 10 to 25 points there, and totals by 50 to 150 %.
MISSED = {
    "setprofile": {"builtins": Limits(25, None), "exceptions": Limits(20, None),
                   "sleep": Limits(20, None), "sleeping": Limits(18, None)},
    "frames": {"recursion": Limits(13, 30), "functions": Limits(3.5, 20), "sleeping": Limits(4.5, 15)},
    "monitoring": {"functions": Limits(4.5, 25), "builtins": Limits(6, 18), "methods": Limits(7, 20),
                   "recursion": Limits(5, 12), "generators": Limits(4.5, 12), "exceptions": Limits(5, 15),
                   "threads": Limits(4.5, 12), "sleep": Limits(4.5, 10), "sleeping": Limits(4.5, 20)},
}


def engine(python, way):
    version = python.version_info[:2]
    if version >= (3, 12):
        return "monitoring"
    return "frames" if version == (3, 11) and way == "no-builtins" else "setprofile"


def limits(python, way, case):
    used = engine(python, way)
    missed = MISSED[used].get(case.group)
    return missed or (SLOWED_DOWN if used == "setprofile" else EXACT)


def chance(result, error_of):
    """Twice the standard error of the median of the pairs' errors. Half the distance of the
    quartiles of a normal distribution is 0.674 of its deviation, and a median's error is 1.25
    times a mean's."""
    spread = result.spread(error_of)
    return 2 * 1.25 * spread / 0.674 / len(result.pairs) ** 0.5 if spread is not None else 0


def excess(result, allowed):
    """(times what is allowed, text) of what is judged in a result."""
    worst = max(result.case.shares, key=lambda section: abs(result.share_error(section)))
    error, by_chance = result.share_error(worst), chance(result, lambda pair: pair.share_error(worst))
    yield abs(error) / (allowed.share + by_chance), (
        "share of %s off by %+.1f points, limit %g + %.1f (true share %.1f %%)" % (
            worst, error, allowed.share, by_chance, result.share(worst)))
    if allowed.total:
        error, by_chance = result.total_error(), chance(result, lambda pair: pair.total_error())
        yield abs(error) / (allowed.total + by_chance), (
            "total off by %+.1f %%, limit %g + %.1f" % (error, allowed.total, by_chance))


def judge(python, case):
    """Lines that say what is off, in the end."""
    results, lines = {}, []
    ways = case.ways(WAYS)
    for rounds in ROUNDS:
        measuring.measure(python, case, ways, rounds, results, seconds=SECONDS)
        again = []
        for way in ways:
            found = [item for item in excess(results[way], limits(python, way, case)) if item[0] > 1]
            if found and rounds != ROUNDS[-1]:
                again.append(way)
            else:
                lines += ["%s, %s, %d rounds: %s" % (case.name, way, len(results[way].pairs), text)
                          for _, text in found]
        ways = again
    return lines


class Accuracy(harness.TestCase):
    alone = True

    def judge(self, python, case):
        with self.subTest(python=python.tag, case=case.name):
            lines = judge(python, case)
            if lines:
                self.fail("under Python %s\n  %s" % (python.tag, "\n  ".join(lines)))


def thorough_interpreters():
    """The newest, and a 3.11: the system's where there is one."""
    chosen = harness.chosen_interpreters()
    of_3_11 = [python for python in chosen if python.version_info[:2] == (3, 11)]
    of_3_11.sort(key=lambda python: python.base_prefix != "/usr")
    return list({python.tag: python for python in [*of_3_11[:1], chosen[-1]]}.values())


class All(Accuracy):
    """A test for each group of cases; they are added below."""


def add_group(group):
    def test(self):
        for python in thorough_interpreters():
            for case in measuring.CASES:
                if case.group == group:
                    self.judge(python, case)
    setattr(All, "test_%s" % group, test)


for name in dict.fromkeys(case.group for case in measuring.CASES):
    add_group(name)


class Few(Accuracy):
    per_interpreter = True

    def test_few(self):
        if self.python.tag in [python.tag for python in thorough_interpreters()]:
            return  # judged above, in all cases
        for case in measuring.CASES:
            if case.name in FEW:
                self.judge(self.python, case)


if __name__ == "__main__":
    harness.main()
