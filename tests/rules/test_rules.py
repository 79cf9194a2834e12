"""Shows that rules.py finds what it should: small trees made here, each with one thing wrong.

usage: test_rules.py [--cc COMPILER]

SPDX-License-Identifier: MIT
"""

import os
import sys
import tempfile
import unittest

import rules

LICENCE = "/* SPDX-License-Identifier: MIT */\n"
COMPAT = "src/python/compat.h"

# A tree in which nothing is wrong.
CLEAN = {
    "include/pyperf/error.h": "struct pyperf_error { int status; };\n",
    "include/pyperf/profile.h": "#include <pyperf/error.h>\n",
    "src/base/array.h": "#include <stddef.h>\nsize_t array_size(void);\n",
    "src/base/array.c": '#include "base/array.h"\n/* exit(1) in words */\nchar *s = "exit(1)";\n',
    "src/formats/pstats.c": "#include <pyperf/profile.h>\n",
    "src/cli/main.c": "#include <stdlib.h>\nint main(void) { exit(0); }\n",
    "src/cli/commands/run.c": '#include "cli/commands/run_options.h"\n',
    "src/cli/commands/run_options.h": "",
    COMPAT: "#include <Python.h>\n#if PY_VERSION_HEX > 1\n#endif\nint first;\n",
    "src/python/engines/engine.h": '#include "python/compat.h"\n#include "base/array.h"\n',
    "src/python/engines/monitoring.c": '#include "python/engines/engine.h"\n'
    "#if PY_VERSION_HEX >= 0x030C0000\nint monitoring;\n#endif\n",
}

# What to put into the clean tree, and what has to be said about it.
WRONG = [
    ("src/base/x.c", "#include <pyperf/profile.h>\n", "base may not include model"),
    ("src/model/x.c", '#include "recording/layout.h"\n', "does not exist"),
    ("src/formats/x.c", '#include "reports/table.h"\n', "formats may not include reports"),
    ("src/reports/x.c", '#include "formats/table.h"\n', "reports may not include formats"),
    ("src/analysis/x.c", '#  include "../cli/commands/run_options.h"\n',
     "analysis may not include cli"),
    ("src/cli/x.c", '#include "python/compat.h"\n', "cli may not include python"),
    ("src/python/x.c", '#include "python/compat.h"\n#include "analysis/table.h"\n',
     "python may not include analysis"),
    ("src/cellar/x.c", "", "is in no room"),
    ("src/x.c", "", "is in no room"),
    ("include/pyperf/new.h", "", "is in no room"),
    ("include/pyperf/error.h", '#include "base/array.h"\n', "a public header includes a private"),
    ("src/cli/commands/stats.c", '#include "cli/commands/run_options.h"\n',
     "includes another one's"),
    ("src/cli/commands/stats.c", '#include "run_options.h"\n', "includes another one's"),
    ("src/base/x.c", "#include <Python.h>\n", "only src/python/compat.h may include"),
    ("src/python/x.c", "#include <Python.h>\n", "only src/python/compat.h may include"),
    ("src/python/x.c", '#include <stdio.h>\n#include "python/compat.h"\n', "has to come first"),
    ("src/python/x.c", '#include "base/array.h"\n#include "python/engines/engine.h"\n',
     "has to come first"),
    ("src/base/x.c", "#if PY_VERSION_HEX > 1\n#endif\n", "looks at PY_VERSION_HEX"),
    ("src/python/x.c", "int x;\n#if PY_VERSION_HEX > 1\nint y;\n#endif\n",
     "looks at PY_VERSION_HEX"),
    ("src/python/x.c", "#if PY_VERSION_HEX > 1\nint y;\n#endif\nint x;\n",
     "looks at PY_VERSION_HEX"),
    ("src/python/x.c", "#if A\n#if PY_VERSION_HEX > 1\n#endif\n#endif\n",
     "looks at PY_VERSION_HEX"),
    ("src/python/x.c", "int x = PY_MINOR_VERSION;\n", "looks at PY_MINOR_VERSION"),
    ("src/base/x.c", 'void f(void) { printf("x"); }\n', "printf is for src/cli alone"),
    ("src/base/x.c", 'void f(void) { fputs("x", stderr); }\n', "stderr is for src/cli alone"),
    ("src/model/x.c", "void f(void) { abort (); }\n", "abort is for src/cli alone"),
    ("src/formats/x.c", "void f(void) { _exit(1); }\n", "_exit is for src/cli alone"),
    ("src/python/x.c", 'char *f(void) { return getenv("X"); }\n', "getenv is for src/cli alone"),
    ("src/base/x.c", "int x;\n" * 501, "is longer than 500 lines"),
]


class Tree:
    """A tree of source files in a temporary directory."""

    def __init__(self, files):
        self.directory = tempfile.TemporaryDirectory()
        for path, text in files.items():
            full = os.path.join(self.directory.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)

    def __enter__(self):
        return rules.SourceTree(self.directory.name)

    def __exit__(self, *_):
        self.directory.cleanup()


def licensed(files):
    return {path: LICENCE + text for path, text in files.items()}


def violations(tree):
    return [text for check in rules.CHECKS for path, line, text in check(tree)]


class RulesFindWhatIsWrong(unittest.TestCase):
    def setUp(self):
        self.headers = tempfile.TemporaryDirectory()
        self.addCleanup(self.headers.cleanup)
        with open(os.path.join(self.headers.name, "Python.h"), "w", encoding="utf-8") as file:
            file.write("typedef int PyObject;\n")

    def test_clean_tree(self):
        with Tree(licensed(CLEAN)) as tree:
            self.assertEqual(violations(tree), [])
            self.assertEqual(self.alone(tree), [])

    def test_each_violation_is_found_by_itself(self):
        for path, text, expected in WRONG:
            files = dict(CLEAN, **{"src/reports/table.h": "", "src/formats/table.h": ""})
            files.update({"src/analysis/table.h": "", path: text})
            with self.subTest(path=path, text=text[:60]), Tree(licensed(files)) as tree:
                found = violations(tree)
                self.assertEqual(len(found), 1, found)
                self.assertIn(expected, found[0])

    def test_missing_licence(self):
        with Tree(dict(licensed(CLEAN), **{"tests/x.py": "pass\n"})) as tree:
            self.assertEqual(violations(tree), ["has no SPDX-License-Identifier line"])

    def test_header_that_needs_another_first(self):
        files = dict(CLEAN, **{"src/base/x.h": "size_t x(void);\n"})
        with Tree(licensed(files)) as tree:
            found = self.alone(tree)
            self.assertEqual([path for path, line, text in found], ["src/base/x.h"])

    def test_python_header_that_needs_another_first(self):
        files = dict(CLEAN, **{"src/python/x.h": "PyObject *x(void);\n"})
        with Tree(licensed(files)) as tree:
            found = self.alone(tree)
            self.assertEqual([path for path, line, text in found], ["src/python/x.h"])

    def alone(self, tree):
        return list(rules.check_headers_alone(tree, COMPILER, [self.headers.name]))


if __name__ == "__main__":
    COMPILER = sys.argv[2] if sys.argv[1:2] == ["--cc"] else "cc"
    unittest.main(argv=sys.argv[:1])
