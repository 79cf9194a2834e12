"""Holds docs/guarantees.md to its word: each row of its tables names a test, and the test exists.

usage: guarantees.py [ROOT]

A test is named `PATH::NAME`, PATH below tests/. NAME is Class.method in a Python file, a function
in a C file, the title of a case in a text file. Also shows, on a made-up tree, that what is
missing is found.

SPDX-License-Identifier: MIT
"""

import ast
import os
import re
import sys
import tempfile

PAGE = "docs/guarantees.md"
NAMED = re.compile(r"`([\w/.-]+)::([^`]+)`")


def names_in(path):
    """The tests of a file."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".py"):
        return {
            "%s.%s" % (item.name, part.name)
            for item in ast.parse(text).body
            if isinstance(item, ast.ClassDef)
            for part in item.body
            if isinstance(part, ast.FunctionDef)
        }
    if path.endswith(".c"):
        return set(re.findall(r"cmocka_unit_test\((\w+)\)", text))
    return set(re.findall(r"^=== (.+)$", text, re.M))


def rows(text):
    """(line number, row) of the tables, without their heads."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line.startswith("|") and not line.startswith("|---") and not following.startswith("|---"):
            yield index + 1, line


def check(root):
    with open(os.path.join(root, PAGE), encoding="utf-8") as file:
        text = file.read()
    for line, row in rows(text):
        if not NAMED.search(row.rstrip(" |").split(" | ")[-1]):
            yield "%s:%d: the row names no test" % (PAGE, line)
    for match in NAMED.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        path = os.path.join(root, "tests", match.group(1))
        if not os.path.isfile(path):
            yield "%s:%d: there is no tests/%s" % (PAGE, line, match.group(1))
        elif match.group(2) not in names_in(path):
            yield "%s:%d: tests/%s has no %s" % (PAGE, line, match.group(1), match.group(2))


EXAMPLE = {
    "tests/a/test_x.py": "class X:\n    def test_y(self): pass\n",
    "tests/a/x.c": "cmocka_unit_test(holds),\n",
    "tests/a/x.txt": "=== what holds\n",
    PAGE: "| case | test |\n|---|---|\n"
    "| good | `a/test_x.py::X.test_y`, `a/x.c::holds`, `a/x.txt::what holds` |\n"
    "| bad | `a/test_x.py::X.test_z` |\n| bad | `a/x.c::fails` |\n| bad | `a/x.txt::what` |\n"
    "| bad | `b/x.c::holds` |\n| bad `a/x.c::holds` | nothing |\n",
}


def check_itself():
    with tempfile.TemporaryDirectory() as root:
        for path, text in EXAMPLE.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        found = sorted(check(root))
    assert [int(text.split(":")[1]) for text in found] == [4, 5, 6, 7, 8], found


def main(root=os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")):
    check_itself()
    found = list(check(root))
    for text in found:
        print(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
