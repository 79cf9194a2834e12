"""The programs that the benchmark runs, and what they need from the package index.

SPDX-License-Identifier: MIT
"""
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
MICRO, REAL = "micro", "real"


class Program:
    """A file in programs/ with its arguments, the modules it imports that may be missing, and
    the packages that pip installs for it. Every package is named and pinned, the ones that
    others need, too; markers choose by Python version."""

    def __init__(self, name, kind, file, arguments, modules=(), packages=(), threaded=False):
        self.name, self.kind, self.arguments = name, kind, list(arguments)
        self.modules, self.packages, self.threaded = tuple(modules), tuple(packages), threaded
        self.file = os.path.join(FOLDER, file)

    @property
    def command(self):
        return [self.file, *self.arguments]

    def shrink(self):
        """For trying the benchmark itself: a tenth of the work, or so, where it has a size."""
        if self.name in QUICK:
            self.arguments = [QUICK[self.name]]


QUICK = {"fib": "23", "hanoi": "16", "builtins": "100000", "methods": "25000",
         "exceptions": "20000", "generators": "50000", "asyncio echo": "30", "json": "400",
         "docutils": "4", "sympy": "3", "orders": "800"}

OLD, NEW = "python_version < '3.14'", "python_version >= '3.14'"
TOML = ("tomli==2.0.1; python_version < '3.11'", "typing-extensions==4.12.2; python_version < '3.11'")

PROGRAMS = {program.name: program for program in [
    Program("fib", MICRO, "fib.py", ["30"]),
    Program("hanoi", MICRO, "hanoi.py", ["20"]),
    Program("builtins", MICRO, "builtins.py", ["1000000"]),
    Program("methods", MICRO, "methods.py", ["250000"]),
    Program("exceptions", MICRO, "exceptions.py", ["200000"]),
    Program("generators", MICRO, "generators.py", ["500000"]),
    Program("asyncio echo", REAL, "asyncio_echo.py", ["300"]),
    Program("json", REAL, "nested_json.py", ["4000"]),
    Program("pygments", REAL, "highlight.py", ["argparse.py"], ["pygments"], ["pygments==2.18.0"]),
    Program("docutils", REAL, "publish.py", ["40"], ["docutils"], ["docutils==0.20.1"]),
    Program("black", REAL, "format_black.py", ["textwrap.py"], ["black"],
            ["black==24.8.0", "click==8.1.7", "mypy-extensions==1.0.0", "packaging==24.1",
             "pathspec==0.12.1", "platformdirs==4.3.6", *TOML]),
    Program("sympy", REAL, "algebra.py", ["8"], ["sympy"],
            ["sympy==1.13.3; " + OLD, "sympy==1.14.0; " + NEW, "mpmath==1.3.0"]),
    Program("pylint", REAL, "check_pylint.py", ["bisect.py"], ["pylint"],
            ["pylint==3.2.7; " + OLD, "astroid==3.2.4; " + OLD, "pylint==4.0.4; " + NEW,
             "astroid==4.0.2; " + NEW, "dill==0.4.0", "isort==5.13.2", "mccabe==0.7.0",
             "platformdirs==4.3.6", "tomlkit==0.13.3", *TOML]),
    Program("orders", REAL, "orders.py", ["8000"], ["sqlite3"], threaded=True),
]}

# Their wheels hold compiled modules, which no profiler can look into: the source is pure Python.
FROM_SOURCE = ("black", "tomli")
