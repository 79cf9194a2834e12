"""sympy: expands, factors, differentiates, integrates and simplifies.

SPDX-License-Identifier: MIT
"""
import sys
import time

import sympy


def work(n):
    x, y, z = sympy.symbols("x y z")
    expanded = sympy.expand((x + y + z + 1) ** n)
    results = [
        len(expanded.args),
        sympy.factor(sympy.expand((x + y) ** 4 * (x - y) ** 2)),
        sympy.diff(sympy.sin(x ** 2) * sympy.exp(x * y), x, 3),
        sympy.integrate(x ** 3 * sympy.exp(-x), x),
        sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2 + (x ** 2 - 1) / (x - 1)),
        sympy.solve(x ** 3 - 6 * x ** 2 + 11 * x - 6, x),
    ]
    return len(str(results))


n = int(sys.argv[1]) if len(sys.argv) > 1 else 8
started = time.perf_counter()
result = work(n)
print("seconds", time.perf_counter() - started, result)
