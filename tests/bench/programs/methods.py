"""Calls of methods: of classes in Python, inherited ones too, and of builtin types.

SPDX-License-Identifier: MIT
"""
import sys
import time


class Account:
    def __init__(self):
        self.balance = 0
        self.entries = []

    def deposit(self, amount):
        self.balance += amount
        self.entries.append(amount)

    def latest(self):
        return self.entries[-1]


class Savings(Account):
    def deposit(self, amount):
        super().deposit(amount)
        self.note(amount)

    def note(self, amount):
        if len(self.entries) > 1000:
            self.entries.clear()
            self.entries.append(amount)


def work(n):
    account, total, seen = Savings(), 0, {}
    for i in range(n):
        account.deposit(i)
        total += account.latest()
        seen.setdefault(i & 255, i)
        if "text".startswith("t"):
            total += seen.get(i & 127, 0)
    return total + account.balance


n = int(sys.argv[1]) if len(sys.argv) > 1 else 200000
started = time.perf_counter()
result = work(n)
print("seconds", time.perf_counter() - started, result)
