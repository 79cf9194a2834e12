"""Damaged files of our own; see fuzzing.py.

SPDX-License-Identifier: MIT
"""
import os

from fuzzing import Target, harness
import pyperf_file

CODE = """
import _thread, os
def f(n):
    return n and f(n - 1)
def g():
    yield f(2)
def in_thread(lock):
    f(3)
    lock.release()
list(g())
if os.fork(): # while there is one thread: with more, Python has much to say about it
    os.wait()
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(in_thread, (lock,))
lock.acquire()
os.kill(os.getpid(), 9)
"""


def with_lines():
    """A file in which lines are, made by hand."""
    sections = pyperf_file.profile_sections("x.py", [("x.py", 1, "f"), ("x.py", 5, "g")],
                                            [(0, 1, 1, 10), (1, 2, 3, 20)])
    tables = {
        "lfun": [dict(function=1, line_count=2, calls=1, inclusive=30),
                 dict(function=2, first_line=2, line_count=1, calls=3, inclusive=20)],
        "line": [dict(function=1, number=2, call_count=1, hits=1, inclusive=25, callees=20),
                 dict(function=1, number=3, first_call=1, hits=1, inclusive=5),
                 dict(function=2, number=6, first_call=1, hits=3, inclusive=20, overhead=1)],
        "lcal": [dict(callee=2, calls=3, inclusive=20)],
        "srcs": [dict(file=1, text=1, changed=1)],
    }
    sections.append(pyperf_file.section("lnfo", b"\1\4lost\1\5", flags=0))
    for name, items in tables.items():
        sections.append(pyperf_file.section(name, pyperf_file.table(name, items), flags=0))
    return pyperf_file.file(*sections)


class Pyperf(Target):
    name = "pyperf"
    reader = ("formats/pyperf_read", "formats/pyperf_decode", "formats/section_reader", "model/check")

    def small_seeds(self, directory):
        program = harness.write(directory, "program.py", CODE)
        packed = os.path.join(directory, "packed.pyperf")
        harness.pyperf_run(harness.interpreters()[-1], program, options=(
            "-q", "-o", packed, "--children", "all", "--max-nodes", "30"))
        with open(packed, "rb") as file:
            data = file.read()
        made = {"unpacked.pyperf": pyperf_file.unpacked(data), "lines.pyperf": with_lines()}
        for name, content in made.items():
            with open(os.path.join(directory, name), "wb") as file:
                file.write(content)
        return [packed] + [os.path.join(directory, name) for name in made]


if __name__ == "__main__":
    harness.main()
