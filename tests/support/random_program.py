"""Python programs whose numbers of calls are known, from a seed.

A program has functions that call only functions with a higher number, so that the calls can be
counted beforehand. They are plain, recursive, methods, generators, or raise; and they call builtins.

SPDX-License-Identifier: MIT
"""
import collections
import random

CALLS_AT_MOST = 20000
BUILTINS = {"abs(%s)": "<built-in method builtins.abs>", "len('%s')": "<built-in method builtins.len>",
            "ord('a') + %s": "<built-in method builtins.ord>"}
KINDS = ("plain", "plain", "recursive", "method", "generator", "raising")


class Function:
    def __init__(self, chance, number):
        self.name, self.kind = "f%d" % number, chance.choice(KINDS)
        self.rounds = chance.randint(1, 6)  # of a recursion, or items of a generator
        self.loops = chance.choice((0, 0, 30, 300))
        self.builtins = [(chance.choice(sorted(BUILTINS)), chance.randint(1, 3))
                         for _ in range(chance.randint(0, 2))]
        self.callees = []

    def bodies(self):
        """How often the body runs for each call from elsewhere."""
        return self.rounds + 1 if self.kind == "recursive" else 1

    def entries(self):
        """How many calls the profile has for each: a generator's resumes count."""
        return self.rounds + 1 if self.kind in ("recursive", "generator") else 1

    def call(self):
        """Lines that call it once, from elsewhere."""
        if self.kind == "recursive":
            return ["%s(%d)" % (self.name, self.rounds)]
        if self.kind == "method":
            return ["Methods().%s()" % self.name]
        if self.kind == "generator":
            return ["for _ in %s(): pass" % self.name]
        if self.kind == "raising":
            return ["try: %s()" % self.name, "except ValueError: pass"]
        return ["%s()" % self.name]

    def body(self, functions):
        yield "x = 0"
        if self.loops:
            yield "for i in range(%d): x = (x * 3 + i) & 255" % self.loops
        for expression, times in self.builtins:
            yield "for i in range(%d): %s" % (times, expression % "i")
        for callee, times in self.callees:
            yield "for j in range(%d):" % times
            for line in functions[callee].call():
                yield "    " + line

    def text(self, functions):
        indent = "    "
        parameter = {"recursive": "depth", "method": "self"}.get(self.kind, "")
        lines = ["def %s(%s):" % (self.name, parameter)]
        lines += [indent + line for line in self.body(functions)]
        if self.kind == "recursive":
            lines.append(indent + "if depth: %s(depth - 1)" % self.name)
        elif self.kind == "generator":
            lines.append(indent + "for k in range(%d): yield k" % self.rounds)
        elif self.kind == "raising":
            lines.append(indent + "raise ValueError(x)")
        if self.kind == "method":
            lines = ["class Methods(Methods):"] + [indent + line for line in lines]
        return "\n".join(lines) + "\n"


class Program:
    """`text`, and `calls`: the number of calls by the names of functions and builtins."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.functions = [Function(chance, number) for number in range(chance.randint(4, 14))]
        self._connect(chance)
        self.calls = self._count()
        methods = "class Methods:\n    pass\n"
        # The callees come first: a class is made anew for each method, and the last has all.
        parts = [function.text(self.functions) for function in reversed(self.functions)]
        self.text = "\n\n".join([methods, *parts, "\n".join(self.functions[0].call()) + "\n"])

    def _connect(self, chance):
        for number, function in enumerate(self.functions):
            rest = range(number + 1, len(self.functions))
            for callee in chance.sample(rest, min(len(rest), chance.randint(1, 3))):
                function.callees.append((callee, chance.randint(1, 4)))
                if sum(self._count().values()) > CALLS_AT_MOST:
                    function.callees.pop()

    def _count(self):
        calls = collections.Counter()
        incoming = collections.Counter({0: 1})
        for number, function in enumerate(self.functions):
            calls[function.name] = incoming[number] * function.entries()
            bodies = incoming[number] * function.bodies()
            for expression, times in function.builtins:
                calls[BUILTINS[expression]] += bodies * times
            for callee, times in function.callees:
                incoming[callee] += bodies * times
        return {name: number for name, number in calls.items() if number}
