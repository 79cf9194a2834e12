"""Readers allocate no more than 8 times a file's size and 1 MB, that of our own compressed files no
more than 64 times, whatever the file says: they run where there is no more address space
(RLIMIT_AS).

SPDX-License-Identifier: MIT
"""
import marshal
import os
import random
import struct

from fuzzing import built, harness
import pyperf_file

COUNT = 60000


def integer(number):
    return b"i" + struct.pack("<i", number)


def short(text):
    return b"z" + bytes([len(text)]) + text


def reference(number):
    return b"r" + struct.pack("<I", number)


def key(line, file=b"", name=b""):
    return b")\3" + short(file) + integer(line) + short(name)


ZERO = b"g" + bytes(8)
NO_ROW = b")\5" + integer(1) * 2 + ZERO * 2 + b"{0"


def rows(make_key, value):
    return b"".join(make_key(number) + value for number in range(COUNT))


def callers(make_key, value):
    return b")\5" + integer(1) * 2 + ZERO * 2 + b"{" + rows(make_key, value) + b"0"


# Small objects that stand for large ones, and many of them.
HOSTILE = {
    "rows by reference": b"{" + key(-1 & 0x7FFFFFFF) + b"\xA9" + NO_ROW[1:]
                         + rows(key, reference(0)) + b"0",
    "callers that are no rows": b"{" + key(0) + callers(key, integer(1)) + b"0",
    "callers by reference": b"{" + key(0) + b")\5" + integer(1) * 2 + ZERO * 2 + b"{" + key(0)
                            + b"\xA9\4" + integer(1) * 2 + ZERO * 2
                            + rows(key, reference(0)) + b"00",
    "texts that differ": b"{" + rows(lambda n: key(0, b"%x" % n, b"%d" % n), NO_ROW) + b"0",
    "objects to refer to": b"{" + rows(lambda n: b"\xA9\3\xFA\0\xE9" + struct.pack("<i", n)
                                       + b"\xFA\0", NO_ROW) + b"0",
    "lengths that lie": b"{(\xFF\xFF\xFF\x7F" + b"\xA9\1" * COUNT,
    "a text that is long": b"{)\3\xFA\1xu" + struct.pack("<I", COUNT) + b"y" * COUNT,
}


class Memory(harness.TestCase):
    def read(self, content, times=8):
        """How read_within ended: 0 read, 1 refused."""
        path = os.path.join(harness.fresh_directory(), "x")
        with open(path, "wb") as file:
            file.write(content)
        done = harness.run([built("read_within"), str(times), path])
        if done.status not in (0, 1):
            self.fail(done)
        return done.status

    def setUp(self):
        if harness.sanitized():
            self.skip("AddressSanitizer takes address space of its own")

    def test_hostile(self):
        for name, content in HOSTILE.items():
            with self.subTest(name):
                self.read(content)

    def test_honest(self):
        """Those that profilers write are read, the largest ratio of functions to bytes included."""
        functions = [("dir/file%d.py" % (n % 50), n, "function%d" % n) for n in range(20000)]
        timed = {function: (1, 2, 0.5, 0.25, {caller: (1, 1, 0.5, 0.25) for caller in
                                              functions[max(0, n - 5):n]})
                 for n, function in enumerate(functions)}
        counted = {function: row[:4] + (dict.fromkeys(row[4], 3),)
                   for function, row in timed.items()}
        everywhere = {function: (1, 1, 0.5, 0.5, {}) for function in functions}
        everywhere[functions[0]] = (1, 1, 0.5, 0.5, dict.fromkeys(functions, 7))
        for name, stats in ("timed", timed), ("counted", counted), ("everywhere", everywhere):
            for version in (2, 4):
                with self.subTest(name, version=version):
                    self.assertEqual(self.read(marshal.dumps(stats, version)), 0)

    def test_our_own(self):
        """Up to what the format allows, and not beyond."""
        chosen = random.Random(1)
        names = ["f%d" % number for number in range(20000)]
        functions = [("x.py", number, name) for number, name in enumerate(names)]
        some = [(chosen.randrange(number + 1), 1, 1, chosen.randrange(1 << 20))
                for number in range(50000)]
        alike = [(number, 1, 0, 0) for number in range(50000)]
        for what, nodes, expected in (("many functions", [], 0), ("many nodes", some, 0),
                                      ("nodes that are alike", alike, 1)):
            with self.subTest(what):
                made = pyperf_file.file(*pyperf_file.profile_sections(
                    "x.py", functions if not nodes else functions[:1], nodes))
                self.assertEqual(self.read(made, 64), expected)


if __name__ == "__main__":
    harness.main()
