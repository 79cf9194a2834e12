"""The benchmark's figures as they come, in a terminal.

SPDX-License-Identifier: MIT
"""
import figures
import ways

SLOWDOWNS = {ways.CPROFILE: "cProfile", ways.PYPERF: "pyperf", ways.CPROFILE_PYTHON: "cProf-b",
             ways.PYPERF_PYTHON: "pyperf-b", ways.FLOOR: "floor", ways.FLOOR_PYTHON: "floor-b",
             ways.NONE: "host"}
RATIOS = {"ratio": "ratio", "ratio, no builtins": "ratio-b", "engine alone": "alone",
          "engine alone, no builtins": "alone-b", "over floor": "/floor",
          "over floor, no builtins": "/floor-b"}


def number(value):
    return "–" if value is None else "%.2f" % value


def with_interval(value):
    """[value, low, high] as text; an end that is None is unbounded."""
    if not value:
        return "–"
    ends = ["∞" if end is None else "%.2f" % end for end in value[1:]]
    return "%s %s–%s" % (number(value[0]), *ends)


def head():
    return ("Slowdowns (way / plain), -b: without builtins. ratio: what pyperf adds / what cProfile adds;\n"
            "alone: the same with pyperf's Python without a hook as pyperf's baseline; /floor: what pyperf\n"
            "adds / what the engine that does nothing adds. With 95 %% intervals.\n\n"
            "%-9s %-13s %-8s %7s %s | %s" % (
                "python", "program", "time of", "plain s",
                " ".join("%8s" % title for title in SLOWDOWNS.values()),
                " ".join("%-17s" % title for title in RATIOS.values()))).rstrip()


def rows(run, python):
    lines = []
    for kind in figures.KINDS:
        found = run["figures"][kind]
        lines.append(("%-9s %-13s %-8s %7.3f %s | %s" % (
            python["version"] + "+" * python["gains by linking"], run["program"], kind,
            found["medians"][ways.PLAIN],
            " ".join("%8s" % number(found["slowdown"].get(way)) for way in SLOWDOWNS),
            " ".join("%-17s" % with_interval(found["ratios"].get(name)) for name in RATIOS))).rstrip())
    peers = ["%s %.2f" % item for item in run["figures"]["workload"]["slowdown"].items()
             if item[0] not in ways.WAYS]
    if peers:
        lines.append("%-9s %-13s others'  slowdown: %s" % ("", "", ", ".join(peers)))
    return "\n".join(lines)


def verdict(goal):
    if goal["value"] is None:
        return "not measured"
    if goal["value"][0] <= 0:
        return "too noisy"
    return {True: "met", False: "MISSED", None: "no goal"}[goal["met"]]


def limit(goal):
    return "–" if goal["limit"] is None else "≤ %.2f" % goal["limit"]


def goals(python):
    lines = ["", "Python %s, time of the workload, against the goals:" % python["version"]]
    lines += ["  %-77s %-17s %-6s  %s (%d programs)" % (
        goal["name"], with_interval(goal["value"]), limit(goal), verdict(goal), goal["programs"])
              for goal in python["goals"]]
    return "\n".join(lines) + "\n"
