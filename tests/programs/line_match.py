"""Lines of match statements (3.10 brought them).

SPDX-License-Identifier: MIT
"""
try:
    profile
except NameError:
    def profile(function):
        return function


@profile
def match(value):
    match value:
        case 0:
            return "zero"
        case int() | float() if value < 0:
            return "negative"
        case [first, *rest]:
            return first, len(rest)
        case {
            "key": key,
        }:
            return key
        case str(text):
            pass
        case _:
            text = None
    return text


for value in (0, -1, 2, [1, 2, 3], {"key": 4}, {}, "text", None):
    match(value)
