"""Calls functions and counts the calls in a file, and dies in the middle of nested calls.

usage: dies.py COUNTS HOW [SECONDS]
COUNTS receives two numbers (calls of `leaf`, calls of `branch`), kept up to date through a
mapping, so that they are right however the program ends. HOW is kill, exit, abort, segfault,
terminate, or wait (sleep in nested frames until killed from outside; it prints "waiting").
"""
import ctypes
import mmap
import os
import signal
import struct
import sys
import time

with open(sys.argv[1], "w+b") as file:
    file.write(bytes(16))
    file.flush()
    counts = mmap.mmap(file.fileno(), 16)


def count(index):
    value = struct.unpack_from("<q", counts, 8 * index)[0] + 1
    struct.pack_into("<q", counts, 8 * index, value)


def leaf():
    count(0)


def branch(n):
    count(1)
    for _ in range(n):
        leaf()


def generator():
    for i in range(50):
        branch(i)
        yield i


def die(how):
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "exit":
        os._exit(5)
    elif how == "abort":
        os.abort()
    elif how == "segfault":
        ctypes.string_at(0)
    elif how == "terminate":
        os.kill(os.getpid(), signal.SIGTERM)
    wait()


def wait():
    print("waiting", flush=True)
    time.sleep(20)


def outer(how, depth):
    if depth:
        return outer(how, depth - 1)
    sorted(generator(), key=lambda i: die(how) if i == 49 else i)


if len(sys.argv) > 3:
    time.sleep(float(sys.argv[3]))
branch(10)
outer(sys.argv[2], 5)
