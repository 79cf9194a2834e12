"""Makes the sections with tables for docs/performance.md from the JSON files of bench.py.

usage: tables.py FILE…

Prints Markdown. Runs of one interpreter that stand in several files are put together (a program
that was measured twice: the last file counts), and the goals are judged again on all of them.

SPDX-License-Identifier: MIT
"""
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import figures  # noqa: E402
import peers  # noqa: E402
import terminal  # noqa: E402
import ways  # noqa: E402

KINDS = {"real": "Real programs", "micro": "Small programs that do little but one kind of call"}


def table(head, rows, texts=1):
    """The first `texts` columns are texts, the others numbers."""
    lines = [head, ["---"] * texts + ["--:"] * (len(head) - texts), *rows]
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def times(value):
    return "–" if value is None else "%.2f×" % value


def ratio(value):
    """0.41 (0.38–0.44)"""
    if not value:
        return "–"
    middle, _, ends = terminal.with_interval(value).partition(" ")
    return "%s (%s)" % (middle, ends)


class Report:
    """What the files say, by interpreter: (version, base prefix)."""

    def __init__(self, paths):
        self.machines, self.pythons, self.runs = [], {}, {}
        for path in paths:
            with open(path) as file:
                data = json.load(file)
            self.machines.append((data["machine"], data["rounds"]))
            for python in data["pythons"]:
                key = python["version"], python["base_prefix"]
                skipped = self.pythons.get(key, {}).get("skipped", {})
                self.pythons[key] = dict(python, skipped=dict(skipped, **python["skipped"]))
            for run in data["runs"]:
                key = run["python"], run["base_prefix"]
                self.runs.setdefault(key, {})[run["program"]] = run
        for key, python in self.pythons.items():
            runs = list(self.runs.get(key, {}).values())
            python["goals"] = figures.goals(number(key), python["gains by linking"], runs)

    def keys(self):
        return sorted(self.pythons, key=lambda key: (number(key), key))


def number(key):
    digits = "".join(c if c.isdigit() else " " for c in key[0])
    return tuple(map(int, digits.split()[:3]))


def machine_section(report):
    text = "## What it was measured on\n\n"
    seen = []
    for machine, rounds in report.machines:
        line = ("%s, %d processors, Linux %s, clock source %s; load %.1f at the start and %.1f at the end; "
                "medians of %d rounds, on %s, with %s.\n\n" % (
                    machine["processor"], machine["processors"], machine["kernel"].partition("-")[0],
                    machine["clock source"] or "unknown", machine["load"][0],
                    machine.get("load at the end", machine["load"])[0], rounds, machine["time"][:10],
                    machine["pyperf"]))
        if line not in seen:
            seen.append(line)
    text += "".join(seen)
    rows = []
    for key in report.keys():
        python = report.pythons[key]
        build = python["build"]
        rows.append([python["version"] + "+" * python["gains by linking"], python["engine"],
                     build["compiler"], *("yes" if build[name] else "no" for name in
                                          ("optimizations", "link-time optimization", "shared library")),
                     python["linkage"]])
    head = ["Python", "engine", "compiler", "profile-guided", "LTO", "shared libpython", "our host"]
    text += table(head, rows, len(head))
    if any(python["gains by linking"] for python in report.pythons.values()):
        text += ("\n`+`: this interpreter is linked to a shared libpython and our host is not, which makes "
                 "the host faster. There, what pyperf adds to plain time flatters it; the goals look at "
                 "the engine alone, with the host without a hook as its baseline.\n")
    return text


def goals_section(report):
    text = "\n## Against the goals\n\nTime of the workload; 95 % intervals in parentheses.\n\n"
    rows = []
    for key in report.keys():
        python = report.pythons[key]
        name = python["version"] + "+" * python["gains by linking"]
        for goal in python["goals"]:
            verdict = terminal.verdict(goal).replace("MISSED", "**missed**")
            rows.append([name, goal["name"], verdict, terminal.limit(goal), ratio(goal["value"]),
                         str(goal["programs"])])
            name = ""
    return text + table(["Python", "figure", "", "goal", "reached", "programs"], rows, 3)


def program_rows(runs, kind, columns):
    """One row for each run; `columns` maps titles to functions of the run's figures."""
    return [[run["program"], *(column(run["figures"][kind]) for column in columns.values())]
            for run in runs]


def slowdown(way):
    return lambda found: times(found["slowdown"].get(way))


def of_ratio(name):
    return lambda found: ratio(found["ratios"].get(name))


PLAIN_SECONDS = {"plain": lambda found: "%.3f s" % found["medians"][ways.PLAIN]}
WITH_BUILTINS = {
    **PLAIN_SECONDS, "cProfile": slowdown(ways.CPROFILE), "pyperf": slowdown(ways.PYPERF),
    "floor": slowdown(ways.FLOOR), "host alone": slowdown(ways.NONE),
    "added ÷ cProfile's": of_ratio("ratio"), "engine alone ÷ cProfile's": of_ratio("engine alone"),
    "engine ÷ floor": of_ratio("over floor")}
WITHOUT_BUILTINS = {
    **PLAIN_SECONDS, "cProfile": slowdown(ways.CPROFILE_PYTHON),
    "pyperf": slowdown(ways.PYPERF_PYTHON), "floor": slowdown(ways.FLOOR_PYTHON),
    "added ÷ cProfile's": of_ratio("ratio, no builtins"),
    "engine alone ÷ cProfile's": of_ratio("engine alone, no builtins"),
    "engine ÷ floor": of_ratio("over floor, no builtins")}
PROCESS = {**PLAIN_SECONDS, "cProfile": slowdown(ways.CPROFILE), "pyperf": slowdown(ways.PYPERF),
           "pyperf without builtins": slowdown(ways.PYPERF_PYTHON),
           "added ÷ cProfile's": of_ratio("ratio")}


def programs_tables(runs):
    text = ""
    for kind, title in KINDS.items():
        chosen = [run for run in runs if run["kind"] == kind]
        if not chosen:
            continue
        for what, time, columns in (("", "workload", WITH_BUILTINS),
                                    (", Python functions only (`--no-builtins`)", "workload", WITHOUT_BUILTINS),
                                    (", the whole process", "process", PROCESS)):
            text += "\n#### %s%s\n\n" % (title, what)
            text += table(["program", *columns], program_rows(chosen, time, columns))
    return text


def peers_table(runs):
    names = [name for name in peers.PEERS
             if any(name in run["figures"]["workload"]["slowdown"] for run in runs)]
    if not names:
        return ""
    shown = [ways.CPROFILE, ways.PYPERF, ways.PYPERF_PYTHON, *names]
    rows = []
    for run in runs:
        rows.append([run["program"], *(slowdown(name)(run["figures"]["workload"]) for name in shown)])
    found = {name: [run["figures"]["workload"]["slowdown"][name] for run in runs
                    if run["kind"] == "real" and name in run["figures"]["workload"]["slowdown"]]
             for name in shown}
    rows.append(["median of real programs"] + [
        "**%s**" % times(statistics.median(found[name])) if found[name] else "–" for name in shown])
    titles = {ways.PYPERF_PYTHON: "pyperf without builtins"}
    kinds = ", ".join("%s: %s" % (name, peers.PEERS[name].kind) for name in names)
    return ("\n#### Other profilers\n\nSlowdown of the workload (%s). What a profiler does after the program "
            "has ended is not in it.\n\n" % kinds
            + table(["program", *(titles.get(name, name) for name in shown)], rows))


def skipped_list(python):
    if not python["skipped"]:
        return ""
    lines = ["- %s: %s" % (name, why.replace("|", "\\|")) for name, why in python["skipped"].items()]
    return "\nNot measured:\n\n%s\n" % "\n".join(lines)


def python_section(report, key):
    python = report.pythons[key]
    runs = list(report.runs.get(key, {}).values())
    return ("\n### Python %s (%s)\n" % (python["version"] + "+" * python["gains by linking"], python["engine"])
            + programs_tables(runs) + peers_table(runs) + skipped_list(python))


def explanation():
    lines = ["\n## Program by program\n",
             "Slowdowns are the way's time over the plain time. `a ÷ b` are ratios of added times. The ways:\n"]
    lines += ["- %s: %s" % (name.replace(" -builtins", " without builtins"), what)
              for name, what in ways.WAYS.items()]
    return "\n".join(lines) + "\n"


def main(paths):
    if not paths or paths[0].startswith("-"):
        raise SystemExit(__doc__.strip())
    report = Report(paths)
    sys.stdout.write(machine_section(report) + goals_section(report) + explanation()
                     + "".join(python_section(report, key) for key in report.keys()))


if __name__ == "__main__":
    main(sys.argv[1:])
