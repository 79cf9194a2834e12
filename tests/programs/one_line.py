"""Functions that share file, line and name: each is a function of its own in one row."""
pair = (lambda x: x + 1), (lambda x: abs(x) + 2)
for number in range(5):
    pair[0](number)
for number in range(7):
    pair[1](number)

nested = lambda n: (lambda m: (lambda k: k + 1)(m) + 1)(n) + 1
for number in range(3):
    nested(number)

twice = (lambda f, n: f(f, n - 1) if n else 0), (lambda f, n: len(str(n)) + f(f, n - 1) if n else 0)
print(twice[0](twice[1], 4), twice[1](twice[0], 3))


def make(n):
    def made():
        return n
    return made


for number in range(4):
    make(number)()
make(1)()

import os  # noqa: E402
os._exit(0)  # what follows the end of __main__ is not compared
