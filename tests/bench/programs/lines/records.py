"""In the manner of pystone: records, comparisons, arrays, calls of small functions.

SPDX-License-Identifier: MIT
"""
import builtins
import sys
import time
if not hasattr(builtins, "profile"): builtins.profile = lambda function: function


class Record:
    def __init__(self, following=None, kind=0, number=0, text=""):
        self.following, self.kind, self.number, self.text = following, kind, number, text

    @profile
    def copy(self):
        return Record(self.following, self.kind, self.number, self.text)


@profile
def next_kind(kind, limit):
    if kind == limit:
        return 0
    if kind > 2:
        kind = kind - 3
    return kind + 1


@profile
def same_letter(first, second, position):
    left = first[position]
    right = second[position]
    if left == right:
        return True
    return False


@profile
def fill(row, matrix, place, value):
    spot = place + 5
    row[spot] = value
    row[spot + 1] = row[spot]
    for column in range(spot, spot + 2):
        matrix[spot][column] = spot
    matrix[spot][spot - 1] += 1
    return row[spot + 1] + matrix[spot][spot]


@profile
def step(record):
    following = record.copy()
    following.number = 5
    if following.kind == 0:
        following.number = 6
        following.kind = next_kind(record.kind, 4)
    else:
        following.text = record.text
    record.following = following
    return following


@profile
def work(loops):
    row = [0] * 51
    matrix = [list(row) for _ in range(51)]
    first, second = "RECORDS, 1'ST STRING", "RECORDS, 2'ND STRING"
    record, total = Record(None, 0, 40, first), 0
    for number in range(loops):
        if same_letter(first, second, number % 20):
            total += 1
        value = 3
        while value > 1:
            value -= 1
            total += 5 * value - 3
        total += fill(row, matrix, number % 40, value)
        total %= 1000003
        step(record)
    return total


loops = int(sys.argv[1]) if len(sys.argv) > 1 else 60000
started = time.perf_counter()
result = work(loops)
print("seconds", time.perf_counter() - started, result)
