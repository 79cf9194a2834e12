"""How far the times of a profile are from those of the same work without a profiler.

usage: accuracy.py [--pyperf PATH] [--only-python REGEX] [--newest] [--cases NAME,…]
                   [--ways NAME,…] [--rounds N] [--seconds S] [--spreads]
                   [--json FILE] [--markdown FILE]

Programs with sections whose true times are known are run by `pyperf run`, with its default options, with
--no-builtins and with --raw-times, and under cProfile. The tables give, for each section, its
true share of the total and by how many percentage points the profile's inclusive time is off;
and by how many per cent the sum of all sections in the profile exceeds the unprofiled time.
The figures are medians of rounds; measuring.py says how the runs are paired.

What cProfile adds is compared with unprofiled work of the interpreter itself, what pyperf adds with
unprofiled work of its recorder, which has the same interpreter in it, perhaps linked faster.
No figure stands for builtins with --no-builtins: they are what is left out there. The way
"check" has timers in place of a profiler; what it is off by is the error of the method.

SPDX-License-Identifier: MIT
"""
import argparse
import json
import os
import platform
import time

import measuring
from measuring import harness

NOTHING = "–"


def figure(value, spread=None):
    text = "%+.1f" % value
    return text if spread is None else "%s ± %.1f" % (text, spread)


def rows(case, results, ways, spreads):
    """Lines of a table: the case, the section, its true share, and a figure for each way."""
    def cells(of_result, of_pair):
        for way in ways:
            result = results.get(way)
            if result is None:
                yield NOTHING
            else:
                yield figure(of_result(result), result.spread(of_pair) if spreads else None)
    any_result = next(iter(results.values()))
    for section in case.shares:
        yield [case.name, section, "%.1f" % any_result.share(section),
               *cells(lambda result: result.share_error(section), lambda pair: pair.share_error(section))]
    yield [case.name, "total", "", *(text if text == NOTHING else text + " %" for text in cells(
        lambda result: result.total_error(), lambda pair: pair.total_error()))]


def print_row(row):
    case, section, share, *figures = row
    print("%-16s %-14s %6s  %s" % (case, section, share, " ".join("%15s" % text for text in figures)),
          flush=True)


def title(python):
    return "Python %s in %s, engine %s" % (python.version, python.base_prefix, python.engine)


def markdown(python, table, ways):
    """A table in which each case has a line for its first section and its total."""
    yield "### Python %s" % python.version
    yield ""
    yield "| case | true share | %s |" % " | ".join(
        "%s: share | %s: total" % (way, way) for way in ways)
    yield "|---|--:|%s" % ("--:|--:|" * len(ways))
    for case, case_rows in table:
        first, total = case_rows[0], case_rows[-1]
        cells = [cell for pair in zip(first[3:], total[3:]) for cell in pair]
        yield "| %s, `%s` | %s %% | %s |" % (case.name, first[1], first[2], " | ".join(cells))
    yield ""


def as_data(python, case, results):
    return {"python": python.version, "base_prefix": python.base_prefix, "engine": python.engine,
            "linkage": python.linkage, "case": case.name, "ways": {
                way: {"share": {section: result.share(section) for section in case.shares},
                      "share error": {section: result.share_error(section) for section in case.shares},
                      "total error": result.total_error(),
                      "runs": [vars(pair) for pair in result.pairs]}
                for way, result in results.items()}}


def machine():
    return {"processors": len(os.sched_getaffinity(0)), "system": platform.platform(),
            "load": os.getloadavg(), "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "pyperf": harness.run([harness.pyperf(), "--version"]).stdout.splitlines()[0]}


def listed(text):
    return [word.strip() for word in text.split(",")] if text else None


def parsed_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pyperf")
    parser.add_argument("--only-python")
    parser.add_argument("--newest", action="store_true", help="the newest interpreter only")
    parser.add_argument("--cases", type=listed, help="names or first words of names, with commas")
    parser.add_argument("--ways", type=listed, default=measuring.USUAL_WAYS,
                        help="of %s; check has timers instead of a profiler" % ", ".join(measuring.WAYS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=measuring.SECONDS,
                        help="how long the sections of a case take without a profiler")
    parser.add_argument("--spreads", action="store_true", help="add half the distance of the quartiles")
    parser.add_argument("--json", help="a file for all figures")
    parser.add_argument("--markdown", help="a file for tables in Markdown")
    options = parser.parse_args()
    for way in options.ways:
        if way not in measuring.WAYS:
            parser.error("no way %r" % way)
    return options


def main():
    options = parsed_options()
    harness.choose(pyperf=options.pyperf, only_python=options.only_python)
    pythons = harness.chosen_interpreters()
    cases = measuring.chosen_cases(options.cases)
    report = {"machine": machine(), "rounds": options.rounds, "runs": []}
    texts = []
    print("errors in percentage points of the share, and in per cent of the total; medians of %d "
          "rounds\n" % options.rounds)
    for python in pythons[-1:] if options.newest else pythons:
        print(title(python))
        print_row(["case", "section", "true %", *options.ways])
        table = []
        for case in cases:
            results = measuring.measure(python, case, case.ways(options.ways), options.rounds,
                                        seconds=options.seconds)
            table.append((case, list(rows(case, results, options.ways, options.spreads))))
            for row in table[-1][1]:
                print_row(row)
            report["runs"].append(as_data(python, case, results))
        texts += markdown(python, table, options.ways)
        print()
    report["machine"]["load at the end"] = os.getloadavg()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(report, file, indent=1)
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("\n".join(texts))


if __name__ == "__main__":
    main()
