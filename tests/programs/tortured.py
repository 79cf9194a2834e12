"""Calls functions in several threads, and counts the calls of each by itself, until it is killed.

usage: tortured.py PAGE
PAGE is a file of 4096 bytes, which is mapped: number 0 becomes the process id, then come
COUNTERS numbers for each thread. A function counts itself first thing, so when the process dies
what was recorded can be ahead of this by the call that was just beginning, and by no more. Of a
generator every resumption counts, as in profiles.
"""
import mmap
import os
import sys
import threading

THREADS, COUNTERS = 4, 6

with open(sys.argv[1], "r+b") as file:
    page = memoryview(mmap.mmap(file.fileno(), 4096)).cast("q")

sys.setswitchinterval(1e-4)

# A file of its own for each thread, so that functions of the same code are told apart.
CODE = """
def leaf(n):
    page[base] += 1
    return n

def branch(n):
    page[base + 1] += 1
    for i in range(n): leaf(i)

def recursive(n):
    page[base + 2] += 1
    if n: recursive(n - 1)

def generator(n):
    page[base + 3] += 1
    for i in range(n):
        yield leaf(i)
        page[base + 3] += 1

def raises(n):
    page[base + 4] += 1
    if n: raises(n - 1)
    raise KeyError(n)

def new(n):
    page[base + 5] += 1
    space = {}
    exec(compile("def once(): pass", "once.py", "exec"), space)
    space["once"]()

def work():
    n = 0
    while True:
        n += 1
        branch(n % 7)
        recursive(n % 40)
        for _ in generator(n % 5): pass
        try: raises(n % 4)
        except KeyError: pass
        if n % 8 == 0: new(n)
        sorted([3, 1, 2], key=leaf)
"""


def thread(index):
    space = {"page": page, "base": 1 + COUNTERS * index}
    exec(compile(CODE, "thread%d.py" % index, "exec"), space)
    space["work"]()


for index in range(1, THREADS):
    threading.Thread(target=thread, args=(index,), daemon=True).start()
page[0] = os.getpid()
thread(0)
