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
lock = _thread.allocate_lock()
lock.acquire()
_thread.start_new_thread(in_thread, (lock,))
lock.acquire()
if os.fork():
    os.wait()
os.kill(os.getpid(), 9)
"""


class Pyperf(Target):
    name = "pyperf"

    def small_seeds(self, directory):
        program = harness.write(directory, "program.py", CODE)
        packed = os.path.join(directory, "packed.pyperf")
        harness.pyperf_run(harness.interpreters()[-1], program, options=(
            "-q", "-o", packed, "--children", "all", "--max-nodes", "30"))
        with open(packed, "rb") as file:
            data = file.read()
        unpacked = os.path.join(directory, "unpacked.pyperf")
        with open(unpacked, "wb") as file:
            file.write(pyperf_file.unpacked(data))
        return [packed, unpacked]


if __name__ == "__main__":
    harness.main()
