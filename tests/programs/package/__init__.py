"""A package to import and to run."""
from . import first

NAME = "package " + str(first.VALUE)


def helper(n):
    return n + first.VALUE
