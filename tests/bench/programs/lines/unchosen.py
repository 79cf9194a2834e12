"""One function is chosen; what takes the time is not.

SPDX-License-Identifier: MIT
"""
import builtins
import sys
import time
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function


@profile
def chosen(number):
    return number + 1


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def sieve(limit):
    prime = [True] * limit
    for number in range(2, limit):
        if prime[number]:
            for multiple in range(number * number, limit, number):
                prime[multiple] = False
    return sum(prime)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 25
started = time.perf_counter()
result = sum(chosen(fib(size) + sieve(200000)) for _ in range(4))
print("seconds", time.perf_counter() - started, result)
