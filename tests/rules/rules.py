"""Checks the rules of docs/architecture.md: who may include whom, and who may do what.

usage: rules.py [--root DIRECTORY] [--cc COMPILER] [--python-include DIRECTORY[:DIRECTORY]]...

Prints one line for each violation, "file:line: what is wrong", and ends with status 1 if there
are any. Exceptions to a rule stand in the tables below, each with its reason.

SPDX-License-Identifier: MIT
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import sysconfig

LINES_AT_MOST = 500

# Room of src/ -> the rooms it may include, itself aside.
MAY_INCLUDE = {
    "base": [],
    "model": ["base"],
    "recording": ["base", "model"],
    "analysis": ["base", "model"],
    "formats": ["base", "model", "recording", "analysis"],
    "reports": ["base", "model", "recording", "analysis"],
    "cli": ["base", "model", "recording", "analysis", "formats", "reports"],
    "python": ["base", "model", "recording"],
}

# Public header -> the room that implements it: including it is including that room.
ROOM_OF_PUBLIC_HEADER = {
    "error.h": "base",
    "comparison.h": "analysis",
    "lines.h": "model",
    "row_filter.h": "analysis",
    "profile.h": "model",
    "outcome.h": "model",
    "merge.h": "model",
    "session.h": "recording",
    "compensation.h": "analysis",
    "summary.h": "analysis",
    "selection.h": "analysis",
    "formats.h": "formats",
    "reports.h": "reports",
}

# Where PY_VERSION_HEX may stand anywhere; elsewhere under src/python it may guard a whole file.
VERSION_FILES = ["src/python/compat.h", "src/python/engines/engine.c"]

# Words that print, end the process or look at the environment: the business of src/cli.
CLI_ONLY = re.compile(
    r"\b(?:(?:v?printf|puts|putchar|perror|v?warnx?|v?errx?|error|psignal|"
    r"exit|_exit|_Exit|quick_exit|abort|"
    r"getenv|secure_getenv|setenv|putenv|unsetenv|clearenv)\s*\(|(?:stdout|stderr|environ)\b)"
)
CLI_ONLY_EXCEPTIONS = {
    # It is a program: it answers --identity and --version, and may fail before there is a
    # recording to leave a message in.
    "src/python/hosts/embedded.c": {"printf", "stderr"},
    # It stands in for functions that hand the environment on.
    "src/python/hosts/children.c": {"environ", "getenv"},
    # It comes before the program's main, and may fail before there is a recording.
    "src/python/hosts/preload.c": {"stderr", "_exit", "getenv", "unsetenv"},
    # It is what takes us out of the environment, for the program and for a pyperf below pyperf.
    "src/recording/preload_list.c": {"environ", "unsetenv"},
    # Runs inside the profiled program, where nobody is left to hand an error to.
    "src/python/hosts/events.c": {"stderr"},
}

# Programs that tests profile: the lines of these mean something, so nothing may be added.
FIXTURES = ("tests/programs/",)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)


class SourceTree:
    """The files below a root, by name relative to it, with comments and strings blanked out."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        for top in ("include", "src", "tests", "examples", "docs", "cmake", ".ci"):
            for directory, _, names in os.walk(os.path.join(root, top)):
                for name in names:
                    self._add(os.path.relpath(os.path.join(directory, name), root))
        for name in os.listdir(root):
            if name.endswith((".sh", ".py")):
                self._add(name)

    def _add(self, path):
        is_script = path.startswith(".ci/")
        if is_script or path.endswith((".c", ".h", ".py", ".sh", ".js", ".css")):
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                self.texts[path] = file.read()

    def c_files(self, *tops):
        return sorted(
            path
            for path in self.texts
            if path.endswith((".c", ".h")) and path.startswith(tops)
        )

    def code(self, path):
        return blank_comments(self.texts[path])

    def includes(self, path):
        """(line, "<" or '"', name) of every #include."""
        code = self.code_with_strings(path)
        return [
            (code.count("\n", 0, match.start()) + 1, match.group(1), match.group(2))
            for match in INCLUDE.finditer(code)
        ]

    def code_with_strings(self, path):
        return blank_comments(self.texts[path], strings_too=False)

    def resolve(self, path, kind, name):
        """The file of the tree that an #include means, or None: one of the system's."""
        if name.startswith("pyperf/"):
            return "include/" + name
        if kind == "<":
            return None
        beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
        return beside if beside in self.texts else "src/" + name


def blank_comments(text, strings_too=True):
    """Replaces comments, and the insides of strings, by spaces; lines stay where they are."""
    pattern = re.compile(
        r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'", re.S
    )

    def blank(match):
        found = match.group()
        if found[0] == "/":
            return re.sub(r"[^\n]", " ", found)
        if strings_too:
            return found[0] + " " * (len(found) - 2) + found[0]
        return found

    return pattern.sub(blank, text)


def room_of(path):
    parts = path.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if path.startswith("include/pyperf/"):
        return ROOM_OF_PUBLIC_HEADER.get(parts[2])
    return None


def check_rooms(tree):
    """Rooms include only the rooms below them."""
    for path in tree.c_files("src/", "include/"):
        room = room_of(path)
        if room not in MAY_INCLUDE:
            yield path, 1, "is in no room that tests/rules/rules.py knows"
            continue
        for line, kind, name in tree.includes(path):
            target = tree.resolve(path, kind, name)
            if target is None:
                continue
            if target not in tree.texts:
                yield path, line, "includes %s, which does not exist" % name
                continue
            other = room_of(target)
            if other != room and other not in MAY_INCLUDE[room]:
                yield path, line, "%s may not include %s (%s)" % (room, other, name)
            elif path.startswith("include/") and not target.startswith("include/"):
                yield path, line, "a public header includes a private one (%s)" % name


def command_of(path):
    """run.c, run.h and run_options.c are files of the command "run"."""
    return re.split(r"[_.]", os.path.basename(path))[0]


def check_commands(tree):
    """A command never includes another command."""
    for path in tree.c_files("src/cli/commands/"):
        for line, kind, name in tree.includes(path):
            target = tree.resolve(path, kind, name)
            if target is None or not target.startswith("src/cli/commands/"):
                continue
            if command_of(target) != command_of(path):
                yield path, line, "a command includes another one's file (%s)" % name


def reaches_python(tree, path, first_only, seen=()):
    """Does a file include Python.h, by itself or through others? Or by its first #include?"""
    includes = tree.includes(path)
    for line, kind, name in includes[:1] if first_only else includes:
        if name == "Python.h":
            return True
        target = tree.resolve(path, kind, name)
        if target in tree.texts and target not in seen:
            if reaches_python(tree, target, first_only, seen + (path,)):
                return True
    return False


def check_python_header(tree):
    """Python.h only under src/python, in one header there, and before every other header."""
    for path in tree.c_files("src/", "include/"):
        for line, kind, name in tree.includes(path):
            if name == "Python.h" and path != VERSION_FILES[0]:
                yield path, line, "only %s may include Python.h" % VERSION_FILES[0]
        if path.startswith("src/python/") and reaches_python(tree, path, first_only=False):
            if not reaches_python(tree, path, first_only=True):
                yield path, 1, "Python.h has to come first: include python/compat.h first"


def guards_whole_file(code, line):
    """Is this line an #if at the top level, with nothing but directives before, nothing after?"""
    lines = code.split("\n")
    if not re.match(r"\s*#\s*if\b", lines[line - 1]):
        return False
    if any(text.strip() and not text.lstrip().startswith("#") for text in lines[: line - 1]):
        return False
    depth = 0
    for number, text in enumerate(lines, 1):
        if re.match(r"\s*#\s*if", text):
            depth += 1
            if number == line and depth != 1:
                return False
        elif re.match(r"\s*#\s*endif", text):
            depth -= 1
            if depth == 0 and number > line:
                return not any(rest.strip() for rest in lines[number:])
    return False


def check_versions(tree):
    """PY_VERSION_HEX only where the versions are evened out and where the engine is chosen."""
    for path in tree.c_files("src/", "include/"):
        if path in VERSION_FILES:
            continue
        code = tree.code(path)
        for match in re.finditer(r"\bPY_(?:VERSION_HEX|M[A-Z]+_VERSION)\b", code):
            line = code.count("\n", 0, match.start()) + 1
            if not path.startswith("src/python/") or not guards_whole_file(code, line):
                yield path, line, "looks at %s, which belongs into %s" % (
                    match.group(),
                    VERSION_FILES[0],
                )


def check_manners(tree):
    """Below src/cli nothing prints, ends the process or looks at the environment."""
    for path in tree.c_files("src/", "include/"):
        if path.startswith("src/cli/"):
            continue
        allowed = CLI_ONLY_EXCEPTIONS.get(path, set())
        code = tree.code(path)
        for word in sorted(allowed - set(re.findall(r"\w+", code))):
            yield path, 1, "is excepted in tests/rules/rules.py for %s it does not use" % word
        for match in CLI_ONLY.finditer(code):
            word = match.group().rstrip("( \t")
            if word not in allowed:
                line = code.count("\n", 0, match.start()) + 1
                yield path, line, "%s is for src/cli alone" % word


def check_files(tree):
    """Every source file names its licence and keeps to one thing."""
    for path, text in sorted(tree.texts.items()):
        if path.startswith(FIXTURES):
            continue
        if "SPDX-License-Identifier: MIT" not in text:
            yield path, 1, "has no SPDX-License-Identifier line"
        lines = text.count("\n")
        if lines > LINES_AT_MOST:
            yield path, lines, "is longer than %d lines" % LINES_AT_MOST


def check_headers_alone(tree, compiler, python_includes):
    """Each header compiles without anything before it."""

    def compile_header(job):
        path, extra = job
        command = [compiler, "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Werror"]
        command += ["-Wno-unused-function", "-Wno-unused-const-variable"]
        command += ["-x", "c", "-I", "include", "-I", "src"] + extra + ["-include", path, "-"]
        done = subprocess.run(
            command, cwd=tree.root, input="", stderr=subprocess.PIPE, universal_newlines=True
        )
        if done.returncode == 0:
            return None
        errors = [text for text in done.stderr.split("\n") if "error" in text]
        return path, 1, "does not compile alone: %s" % (errors or [done.stderr])[0]

    jobs = []
    for path in tree.c_files("src/", "include/"):
        if path.endswith(".h"):
            if room_of(path) == "python":
                for directories in python_includes:
                    folders = directories.split(os.pathsep)
                    jobs.append((path, ["-isystem" + folder for folder in folders]))
            else:
                jobs.append((path, []))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for violation in pool.map(compile_header, jobs):
            if violation:
                yield violation


CHECKS = [
    check_rooms,
    check_commands,
    check_python_header,
    check_versions,
    check_manners,
    check_files,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
    parser.add_argument("--cc", default="cc", help="the compiler")
    parser.add_argument("--python-include", action="append", help="one interpreter's headers")
    options = parser.parse_args()
    python_includes = options.python_include or [sysconfig.get_path("include")]
    tree = SourceTree(options.root)
    violations = [violation for check in CHECKS for violation in check(tree)]
    violations += check_headers_alone(tree, options.cc, python_includes)
    for path, line, text in violations:
        print("%s:%d: %s" % (path, line, text))
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
