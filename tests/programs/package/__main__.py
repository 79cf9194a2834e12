"""What `-m package` runs."""
import sys

from . import helper, second


def main():
    return [helper(i) for i in range(3)] + [second.value]


print(__name__, __package__, main(), sys.argv[1:])
