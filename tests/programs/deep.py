"""Deep recursion, in Python and in callbacks from C, returned from and ended by an exception."""
import sys


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def down_and_raise(n):
    if n == 0:
        raise KeyError(n)
    return down_and_raise(n - 1)


def through_c(n):
    return 0 if n == 0 else 1 + max(map(through_c, [n - 1]))


print(down(900))
try:
    down_and_raise(900)
except KeyError:
    print("raised")
sys.setrecursionlimit(6000)
print(down(5000), through_c(150))
for i in range(10):
    down(1000)

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
